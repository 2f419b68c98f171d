package prove

import (
	"encoding/json"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	apigateway "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	cloudfront "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	s3 "github.com/aws/aws-sdk-go-v2/service/s3/types"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	cors "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"sigs.k8s.io/yaml"

	"github.com/corsim/corsim/fix"
)

// checkers check what can be checked of recipes whose servers cannot be had: that the server's own types take what is printed,
// and hold the policy then.
var checkers = map[string]func(t *testing.T, p fix.Policy, parts []fix.Part){
	"envoy":       checkEnvoy,
	"spring":      checkSpring,
	"s3":          checkS3,
	"cloudfront":  checkCloudFront,
	"api-gateway": checkAPIGateway,
}

// TestConfigs checks recipes that are not proved.
func TestConfigs(t *testing.T) {
	for _, r := range fix.Recipes() {
		if known := checkers[r.Name] != nil; known != (r.Checked != "") {
			t.Errorf("%s says that it is checked: %q; it has a check: %v", r.Name, r.Checked, known)
		}
		if r.Checked == "" {
			continue
		}
		for name, policy := range policies {
			t.Run(r.Name+"/"+name, func(t *testing.T) {
				parts, err := r.Parts(policy)
				if err != nil {
					t.Fatal(err)
				}
				checkers[r.Name](t, policy, parts)
			})
		}
	}
}

// allowed are the methods that servers get which refuse what is not listed.
func allowed(p fix.Policy) []string { return append([]string{"GET", "HEAD", "POST"}, p.Methods...) }

// same checks that a field has what a policy has; lists without items are the same.
func same[T any](t *testing.T, field string, got, want T) {
	t.Helper()
	if list := reflect.ValueOf(got); list.Kind() == reflect.Slice && list.Len() == 0 && reflect.ValueOf(want).Len() == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is %v; want %v", field, got, want)
	}
}

// checkEnvoy has Envoy's own messages take the YAML, with the rules that are on their fields.
func checkEnvoy(t *testing.T, p fix.Policy, parts []fix.Part) {
	var filters []json.RawMessage
	if err := yaml.UnmarshalStrict([]byte(parts[0].Text), &filters); err != nil {
		t.Fatal(err)
	}
	for _, text := range filters {
		var filter hcm.HttpFilter
		take(t, text, &filter)
		if err := filter.GetTypedConfig().UnmarshalTo(&cors.Cors{}); err != nil {
			t.Error(err)
		}
	}
	text, err := yaml.YAMLToJSONStrict([]byte("match: {prefix: /}\nroute: {cluster: application}\n" + parts[1].Text))
	if err != nil {
		t.Fatal(err)
	}
	var r route.Route
	take(t, text, &r)
	var policy cors.CorsPolicy
	if err := r.TypedPerFilterConfig["envoy.filters.http.cors"].UnmarshalTo(&policy); err != nil {
		t.Fatal(err)
	}
	if err := policy.ValidateAll(); err != nil {
		t.Error(err)
	}
	var origins []string
	for _, m := range policy.AllowOriginStringMatch {
		origins = append(origins, m.GetExact())
	}
	same(t, "allow_origin_string_match", origins, p.Origins)
	same(t, "allow_methods", policy.AllowMethods, strings.Join(allowed(p), ", "))
	same(t, "allow_headers", policy.AllowHeaders, strings.Join(p.Headers, ", "))
	same(t, "expose_headers", policy.ExposeHeaders, strings.Join(p.Expose, ", "))
	same(t, "allow_credentials", policy.AllowCredentials.GetValue(), p.Credentials)
}

// take reads a message, and checks its fields.
func take(t *testing.T, text []byte, m interface {
	proto.Message
	ValidateAll() error
}) {
	t.Helper()
	if err := protojson.Unmarshal(text, m); err != nil {
		t.Fatal(err)
	}
	if err := m.ValidateAll(); err != nil {
		t.Error(err)
	}
}

// checkSpring has Java's compiler parse the code. Nothing shows that Spring has what it names.
func checkSpring(t *testing.T, _ fix.Policy, parts []fix.Part) {
	s := newServer(t)
	s.write("Cors.java", parts[0].Text)
	cmd := exec.Command(find(t, "javac"), "-XDshould-stop.ifError=PARSE", "-XDshould-stop.ifNoError=PARSE", "-proc:none", s.dir+"/Cors.java")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// strict reads JSON into a type of Amazon's, which must have all of the members by just these names.
func strict(t *testing.T, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(to)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &got); err != nil {
		t.Fatal(err)
	}
	if !holds(got, want) {
		t.Errorf("%T takes\n%s\nas %s", to, text, again)
	}
}

// holds reports whether got has all of the members of want, with the same values.
func holds(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		for name, value := range want {
			ok = ok && holds(got[name], value)
		}
		return ok
	case []any:
		got, ok := got.([]any)
		return ok && slices.EqualFunc(got, want, holds)
	}
	return got == want
}

func checkS3(t *testing.T, p fix.Policy, parts []fix.Part) {
	var c s3.CORSConfiguration
	strict(t, parts[0].Text, &c)
	if len(c.CORSRules) != 1 {
		t.Fatalf("%d rules; want one", len(c.CORSRules))
	}
	rule := c.CORSRules[0]
	same(t, "AllowedOrigins", rule.AllowedOrigins, p.Origins)
	same(t, "AllowedMethods", rule.AllowedMethods, allowed(p))
	same(t, "AllowedHeaders", rule.AllowedHeaders, p.Headers)
	same(t, "ExposeHeaders", rule.ExposeHeaders, p.Expose)
}

func checkCloudFront(t *testing.T, p fix.Policy, parts []fix.Part) {
	var c cloudfront.ResponseHeadersPolicyConfig
	strict(t, parts[0].Text, &c)
	cors := c.CorsConfig
	same(t, "AccessControlAllowOrigins", cors.AccessControlAllowOrigins.Items, p.Origins)
	same(t, "AccessControlAllowOrigins' quantity", int(*cors.AccessControlAllowOrigins.Quantity), len(p.Origins))
	methods := cors.AccessControlAllowMethods.Items
	same(t, "AccessControlAllowMethods' quantity", int(*cors.AccessControlAllowMethods.Quantity), len(methods))
	for i, m := range methods {
		same(t, "a method", string(m), allowed(p)[i])
		if !slices.Contains(m.Values(), m) {
			t.Errorf("CloudFront has no method %s; it has %v", m, m.Values())
		}
	}
	same(t, "AccessControlAllowHeaders' quantity", int(*cors.AccessControlAllowHeaders.Quantity), len(cors.AccessControlAllowHeaders.Items))
	same(t, "AccessControlAllowCredentials", *cors.AccessControlAllowCredentials, p.Credentials)
	same(t, "OriginOverride", *cors.OriginOverride, true)

	listed, stranger := p.Origins[0], strangers[0]
	if p.Any() {
		listed = stranger
	}
	want := map[string]string{"access-control-allow-origin": p.Origins[0]}
	for name, list := range map[string][]string{"access-control-allow-methods": p.Methods, "access-control-allow-headers": p.Headers} {
		if len(list) > 0 {
			want[name] = strings.Join(list, ", ")
		}
	}
	got := viewerRequest(t, parts[1].Text, "OPTIONS", listed)
	for name, value := range want {
		same(t, name, got.Headers[name].Value, value)
	}
	same(t, "the status of a preflight", got.StatusCode, 204)
	_, credentials := got.Headers["access-control-allow-credentials"]
	same(t, "access-control-allow-credentials", credentials, p.Credentials)
	refused := viewerRequest(t, parts[1].Text, "OPTIONS", stranger)
	same(t, "the status of a preflight of another origin", refused.StatusCode, 204)
	if _, let := refused.Headers["access-control-allow-origin"]; let != p.Any() {
		t.Errorf("%s is let in: %v", stranger, let)
	}
	same(t, "the method of what is passed on", viewerRequest(t, parts[1].Text, "PUT", listed).Method, "PUT")
}

// viewed is what a function of CloudFront returns: an answer, or the request.
type viewed struct {
	StatusCode int
	Method     string
	Headers    map[string]struct{ Value string }
}

// viewerRequest runs a function of CloudFront in node.
func viewerRequest(t *testing.T, function, method, origin string) (v viewed) {
	request := map[string]any{"method": method, "headers": map[string]any{"origin": map[string]string{"value": origin}}}
	if method == "OPTIONS" {
		request["headers"].(map[string]any)["access-control-request-method"] = map[string]string{"value": "PUT"}
	}
	event, err := json.Marshal(map[string]any{"request": request})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("node", "-e", function+"\nconsole.log(JSON.stringify(handler("+string(event)+")))").CombinedOutput()
	if err == nil {
		err = json.Unmarshal(out, &v)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return v
}

func checkAPIGateway(t *testing.T, p fix.Policy, parts []fix.Part) {
	var c apigateway.Cors
	strict(t, parts[0].Text, &c)
	same(t, "AllowOrigins", c.AllowOrigins, p.Origins)
	same(t, "AllowMethods", c.AllowMethods, allowed(p))
	same(t, "AllowHeaders", c.AllowHeaders, p.Headers)
	same(t, "ExposeHeaders", c.ExposeHeaders, p.Expose)
	same(t, "AllowCredentials", *c.AllowCredentials, p.Credentials)
}
