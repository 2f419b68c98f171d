package prove

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
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
var checkers = map[string]func(t *testing.T, p fix.Policy, parts []fix.Part) error{
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
				if err == nil {
					err = checkers[r.Name](t, policy, parts)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestConfigsFindMistakes breaks recipes that are not proved, each of which a check must find.
func TestConfigsFindMistakes(t *testing.T) {
	for _, mistake := range []mistake{
		{"envoy", "allow_headers:", "allowed_headers:"},
		{"envoy", "exact:", "prefix:"},
		{"envoy", "filters.http.cors.v3.Cors\n", "filters.http.cors.v3.CORS\n"},
		{"envoy", "APPEND_IF_EXISTS_OR_ADD", "APPEND"},
		{"envoy", "key: Vary", `key: ""`},
		{"spring", "return filter;", "return filter"},
		{"s3", "AllowedHeaders", "AllowHeaders"},
		{"s3", `"MaxAgeSeconds": 600`, `"MaxAgeSeconds": "600"`},
		{"s3", `"PUT", `, ""},
		{"cloudfront", `"Quantity": 4`, `"Quantity": 5`},
		{"cloudfront", `"DELETE"`, `"delete"`},
		{"cloudfront", "AccessControlMaxAgeSec", "AccessControlMaxAge"},
		{"cloudfront", ".includes(origin)", ".some(function (o) { return origin.startsWith(o); }) || true"},
		{"cloudfront", `request.method !== "OPTIONS" || `, ""},
		{"api-gateway", "AllowHeaders", "allowHeaders"},
		{"api-gateway", `"AllowCredentials": true`, `"AllowCredentials": false`},
	} {
		t.Run(mistake.recipe+"/"+mistake.right, func(t *testing.T) {
			r, policy, parts := mistake.make(t)
			if checkers[r.Name](t, policy, parts) == nil {
				t.Errorf("the check does not see that %q is %q", mistake.right, mistake.wrong)
			}
		})
	}
}

// allowed are the methods that servers get which refuse what is not listed.
func allowed(p fix.Policy) []string { return append([]string{"GET", "HEAD", "POST"}, p.Methods...) }

// same checks that a field has what a policy has.
func same[T comparable](field string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v; want %v", field, got, want)
	}
	return nil
}

// sameList is same for a list.
func sameList[T ~string](field string, got []T, want []string) error {
	if !slices.EqualFunc(got, want, func(a T, b string) bool { return string(a) == b }) {
		return fmt.Errorf("%s is %q; want %q", field, got, want)
	}
	return nil
}

// checkEnvoy has Envoy's own messages take the YAML, with the rules that are on their fields.
func checkEnvoy(_ *testing.T, p fix.Policy, parts []fix.Part) error {
	var filters []json.RawMessage
	if err := yaml.UnmarshalStrict([]byte(parts[0].Text), &filters); err != nil {
		return err
	}
	for _, text := range filters {
		var filter hcm.HttpFilter
		if err := take(text, &filter); err != nil {
			return err
		}
		if err := filter.GetTypedConfig().UnmarshalTo(&cors.Cors{}); err != nil {
			return err
		}
	}
	text, err := yaml.YAMLToJSONStrict([]byte("match: {prefix: /}\nroute: {cluster: application}\n" + parts[1].Text))
	if err != nil {
		return err
	}
	var r route.Route
	if err := take(text, &r); err != nil {
		return err
	}
	var policy cors.CorsPolicy
	if err := r.TypedPerFilterConfig["envoy.filters.http.cors"].UnmarshalTo(&policy); err != nil {
		return err
	}
	var origins []string
	for _, m := range policy.AllowOriginStringMatch {
		origins = append(origins, m.GetExact())
	}
	return errors.Join(
		policy.ValidateAll(),
		sameList("allow_origin_string_match", origins, p.Origins),
		same("allow_methods", policy.AllowMethods, strings.Join(allowed(p), ", ")),
		same("allow_headers", policy.AllowHeaders, strings.Join(p.Headers, ", ")),
		same("expose_headers", policy.ExposeHeaders, strings.Join(p.Expose, ", ")),
		same("allow_credentials", policy.AllowCredentials.GetValue(), p.Credentials),
	)
}

// take reads a message, and checks its fields.
func take(text []byte, m interface {
	proto.Message
	ValidateAll() error
}) error {
	if err := protojson.Unmarshal(text, m); err != nil {
		return err
	}
	return m.ValidateAll()
}

// checkSpring has Java's compiler parse the code. Nothing shows that Spring has what it names.
func checkSpring(t *testing.T, _ fix.Policy, parts []fix.Part) error {
	s := newServer(t)
	s.write("Cors.java", parts[0].Text)
	cmd := exec.Command(find(t, "javac"), "-XDshould-stop.ifError=PARSE", "-XDshould-stop.ifNoError=PARSE", "-proc:none", s.dir+"/Cors.java")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v\n%s", err, out)
	}
	return nil
}

// strict reads JSON into a type of Amazon's, which must have all of the members by just these names.
func strict(text string, to any) error {
	if err := json.Unmarshal([]byte(text), to); err != nil {
		return err
	}
	again, err := json.Marshal(to)
	if err != nil {
		return err
	}
	var want, got any
	if err := errors.Join(json.Unmarshal([]byte(text), &want), json.Unmarshal(again, &got)); err != nil {
		return err
	}
	if !holds(got, want) {
		return fmt.Errorf("%T takes\n%s\nas %s", to, text, again)
	}
	return nil
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

func checkS3(_ *testing.T, p fix.Policy, parts []fix.Part) error {
	var c s3.CORSConfiguration
	if err := strict(parts[0].Text, &c); err != nil {
		return err
	}
	if len(c.CORSRules) != 1 {
		return fmt.Errorf("%d rules; want one", len(c.CORSRules))
	}
	rule := c.CORSRules[0]
	return errors.Join(
		sameList("AllowedOrigins", rule.AllowedOrigins, p.Origins),
		sameList("AllowedMethods", rule.AllowedMethods, allowed(p)),
		sameList("AllowedHeaders", rule.AllowedHeaders, p.Headers),
		sameList("ExposeHeaders", rule.ExposeHeaders, p.Expose),
	)
}

func checkAPIGateway(_ *testing.T, p fix.Policy, parts []fix.Part) error {
	var c apigateway.Cors
	if err := strict(parts[0].Text, &c); err != nil {
		return err
	}
	return errors.Join(
		sameList("AllowOrigins", c.AllowOrigins, p.Origins),
		sameList("AllowMethods", c.AllowMethods, allowed(p)),
		sameList("AllowHeaders", c.AllowHeaders, p.Headers),
		sameList("ExposeHeaders", c.ExposeHeaders, p.Expose),
		same("AllowCredentials", *c.AllowCredentials, p.Credentials),
	)
}

// checkCloudFront has the SDK's types take the policy, and node run the function.
func checkCloudFront(_ *testing.T, p fix.Policy, parts []fix.Part) error {
	var c cloudfront.ResponseHeadersPolicyConfig
	if err := strict(parts[0].Text, &c); err != nil {
		return err
	}
	cors := c.CorsConfig
	headers := p.Headers
	if len(headers) == 0 {
		headers = []string{"Accept"} // CloudFront wants one, and no browser asks for this one
	}
	err := errors.Join(
		sameList("AccessControlAllowOrigins", cors.AccessControlAllowOrigins.Items, p.Origins),
		same("its quantity", int(*cors.AccessControlAllowOrigins.Quantity), len(p.Origins)),
		sameList("AccessControlAllowMethods", cors.AccessControlAllowMethods.Items, allowed(p)),
		same("its quantity", int(*cors.AccessControlAllowMethods.Quantity), len(allowed(p))),
		sameList("AccessControlAllowHeaders", cors.AccessControlAllowHeaders.Items, headers),
		same("its quantity", int(*cors.AccessControlAllowHeaders.Quantity), len(headers)),
		same("AccessControlAllowCredentials", *cors.AccessControlAllowCredentials, p.Credentials),
		same("OriginOverride", *cors.OriginOverride, true),
	)
	for _, m := range cors.AccessControlAllowMethods.Items {
		if !slices.Contains(m.Values(), m) {
			err = errors.Join(err, fmt.Errorf("CloudFront has no method %s; it has %v", m, m.Values()))
		}
	}
	return errors.Join(err, checkFunction(p, parts[1].Text))
}

// checkFunction asks a function of CloudFront with preflights of a listed origin and another, and with another request.
func checkFunction(p fix.Policy, function string) error {
	listed, stranger, want := p.Origins[0], strangers[0], ""
	if p.Any() {
		listed, want = stranger, fix.Any
	}
	let, err := viewerRequest(function, "OPTIONS", listed)
	if err != nil {
		return err
	}
	other, err := viewerRequest(function, "OPTIONS", stranger)
	if err != nil {
		return err
	}
	passed, err := viewerRequest(function, "PUT", listed)
	if err != nil {
		return err
	}
	credentials := ""
	if p.Credentials {
		credentials = "true"
	}
	return errors.Join(
		same("the status of a preflight", let.StatusCode, 204),
		same("its allow-origin", let.Headers["access-control-allow-origin"].Value, p.Origins[0]),
		same("its allow-credentials", let.Headers["access-control-allow-credentials"].Value, credentials),
		same("its allow-methods", let.Headers["access-control-allow-methods"].Value, strings.Join(p.Methods, ", ")),
		same("its allow-headers", let.Headers["access-control-allow-headers"].Value, strings.Join(p.Headers, ", ")),
		same("the status of a preflight of another origin", other.StatusCode, 204),
		same("its allow-origin", other.Headers["access-control-allow-origin"].Value, want),
		same("the method of what is passed on", passed.Method, "PUT"),
	)
}

// viewed is what a function of CloudFront returns: an answer, or the request.
type viewed struct {
	StatusCode int
	Method     string
	Headers    map[string]struct{ Value string }
}

// viewerRequest runs a function of CloudFront in node.
func viewerRequest(function, method, origin string) (v viewed, err error) {
	value := func(s string) map[string]string { return map[string]string{"value": s} }
	headers := map[string]any{"origin": value(origin), "access-control-request-method": value("PUT")}
	event, err := json.Marshal(map[string]any{"request": map[string]any{"method": method, "headers": headers}})
	if err != nil {
		return v, err
	}
	out, err := exec.Command("node", "-e", function+"\nconsole.log(JSON.stringify(handler("+string(event)+")))").CombinedOutput()
	if err != nil {
		return v, fmt.Errorf("%v\n%s", err, out)
	}
	return v, json.Unmarshal(out, &v)
}
