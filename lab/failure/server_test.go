package failure

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/lab/server"
	"github.com/corsim/corsim/origin"
)

// TestServersFail asks servers that fail without a browser: the failure is the one that was wanted, after a preflight too.
func TestServersFail(t *testing.T) {
	trusted, err := server.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	other, err := server.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(trusted.DER())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	origin := origin.MustParse(page)
	for _, k := range append(engine.Failures(), engine.FailureClosed) {
		if k == engine.FailureUnreachable {
			continue // that is for the machine's routes to say
		}
		for _, w := range []way{{}, {after: true}, {secure: true}, {after: true, secure: true}} {
			if !w.can(k) {
				continue
			}
			f, err := authorities{trusted, other}.start(k, w)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			wire := httpfetch.Network(&http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true})
			wire.Context = ctx
			method := "GET"
			if w.after {
				method = "PUT"
			}
			result := (&engine.UserAgent{}).Do(engine.Page{Origin: origin}, engine.Init{URL: f.base, Method: method}, wire)
			last := result.Exchanges[len(result.Exchanges)-1]
			if last.Err == nil || last.Failure != k || last.Preflight || (len(result.Exchanges) == 2) != w.after {
				t.Errorf("%s, %+v: %d exchanges, the last is %s %q of %v", Name(k), w, len(result.Exchanges), last.Request.Method, last.Failure, last.Err)
			}
			cancel()
			f.close()
		}
	}
}
