package prove

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/fix"
	_ "github.com/rs/cors" // what a recipe prints imports it
)

// starters start a server with the parts of a recipe, before an application at an address, and return the server's own
// address. Everything under /private needs a password, and behind /down nothing answers.
var starters = map[string]func(t *testing.T, parts []fix.Part, upstream string) string{
	"nginx": func(t *testing.T, parts []fix.Part, upstream string) string {
		s := newServer(t)
		s.write("users", "user:{PLAIN}password\n")
		return s.start("nginx.conf", `
daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
access_log off;
client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
`+parts[0].Text+`
server {
listen `+s.address+`;
location / {
`+parts[1].Text+`
proxy_pass http://`+upstream+`;
}
location /private {
auth_basic "private"; auth_basic_user_file users;
`+parts[1].Text+`
proxy_pass http://`+upstream+`;
}
location /down {
`+parts[1].Text+`
proxy_pass http://`+s.nobody+`;
}
}
}
`, "nginx", "-e", "stderr", "-p", s.dir, "-c", "nginx.conf")
	},
	"apache": func(t *testing.T, parts []fix.Part, upstream string) string {
		s := newServer(t)
		s.write("users", "user:password\n")
		var modules strings.Builder
		for _, m := range []string{"mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "headers", "rewrite", "proxy", "proxy_http"} {
			modules.WriteString("LoadModule " + m + "_module /usr/lib/apache2/modules/mod_" + m + ".so\n")
		}
		return s.start("apache.conf", modules.String()+`
ServerRoot "`+s.dir+`"
ServerName api.example.com
Listen `+s.address+`
PidFile apache.pid
ErrorLog /dev/stderr
User www-data
Group www-data
<VirtualHost *>
`+parts[0].Text+`
<Location /private>
AuthType Basic
AuthName private
AuthUserFile users
Require valid-user
</Location>
ProxyPass /down http://`+s.nobody+`/
ProxyPass / http://`+upstream+`/
</VirtualHost>
`, "apache2", "-D", "FOREGROUND", "-f", s.dir+"/apache.conf")
	},
	"caddy": func(t *testing.T, parts []fix.Part, upstream string) string {
		s := newServer(t)
		return s.start("Caddyfile", `
{
	admin off
	auto_https off
}
http://:`+s.port()+` {
	bind 127.0.0.1
	route {
`+parts[0].Text+`
		basicauth /private {
			user JDJhJDE0JEFtY0FWNHQzaUp1eUYwUTlacS8uWS5KSVBwTnZQMlBLcHhWeXJsZ2NiRHNuakxJVHA0ZlNXCg==
		}
		reverse_proxy /down `+s.nobody+` {
`+parts[1].Text+`
		}
		reverse_proxy `+upstream+` {
`+parts[1].Text+`
		}
	}
}
`, "caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile")
	},
	"haproxy": func(t *testing.T, parts []fix.Part, upstream string) string {
		s := newServer(t)
		return s.start("haproxy.cfg", `
defaults
mode http
timeout connect 5s
timeout client 5s
timeout server 5s
retries 0
userlist users
user user insecure-password password
frontend api
bind `+s.address+`
`+parts[0].Text+`
http-request auth if { path /private } ! { http_auth(users) }
use_backend down if { path /down }
default_backend application
backend application
server application `+upstream+`
backend down
server down `+s.nobody+`
`, "haproxy", "-f", "haproxy.cfg")
	},
	"traefik": func(t *testing.T, parts []fix.Part, upstream string) string {
		s := newServer(t)
		s.write("dynamic.yml", parts[0].Text)
		build := exec.Command("go", "build")
		build.Dir = "traefik"
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build in traefik: %v\n%s", err, out)
		}
		program, err := filepath.Abs("traefik/traefik")
		if err != nil {
			t.Fatal(err)
		}
		return s.run(program, s.address, upstream, s.nobody, "dynamic.yml")
	},
	"express": func(t *testing.T, parts []fix.Part, _ string) string {
		s := newServer(t)
		modules, err := filepath.Abs("node_modules")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(modules); err != nil {
			t.Fatalf("%v; npm install in fix/prove brings it", err)
		}
		if err := os.Symlink(modules, filepath.Join(s.dir, "node_modules")); err != nil {
			t.Fatal(err)
		}
		return s.start("server.mjs", `
import express from "express";
const app = express();
`+parts[0].Text+`
app.use("/private", (request, response) => response.sendStatus(401));
app.all("/things", (request, response) => response.set("X-Total", "3").json({}));
app.all("/broken", () => { throw new Error("broken"); });
app.listen(`+s.port()+`, "127.0.0.1");
`, "node", "server.mjs")
	},
	"fastapi": func(t *testing.T, parts []fix.Part, _ string) string {
		s := newServer(t)
		return s.start("main.py", `
from fastapi import FastAPI, HTTPException, Response

app = FastAPI()

@app.api_route("/things", methods=["GET", "PUT"])
def things(response: Response):
    response.headers["X-Total"] = "3"
    return {}

@app.api_route("/broken", methods=["GET", "PUT"])
def broken():
    raise RuntimeError("broken")

@app.api_route("/private", methods=["GET", "PUT"])
def private():
    raise HTTPException(status_code=401)

`+parts[0].Text, python, "-m", "uvicorn", "--host", "127.0.0.1", "--port", s.port(), "main:cors_app")
	},
	"rs-cors": startGo,
	"go":      startGo,
}

// python is Debian's, which has Debian's packages.
const python = "/usr/bin/python3"

// refusals are the statuses of preflights that are refused, for the servers that do not answer these with one from 200 to 299.
// Browsers refuse a preflight with any other status, so that it can only be for what the policy does not have.
var refusals = map[string]int{"fastapi": 400} // CORSMiddleware names in a body what it disallows

// proxies are those of the servers that have an application behind them.
var proxies = map[string]bool{"nginx": true, "apache": true, "caddy": true, "haproxy": true, "traefik": true}

// unvarying are the servers whose answers to preflights have no Vary. They need none: no cache keeps an answer to OPTIONS, see
// https://www.rfc-editor.org/rfc/rfc9110.html#section-9.3.7
var unvarying = map[string]bool{"traefik": true}

func startGo(t *testing.T, parts []fix.Part, _ string) string {
	s := newServer(t)
	s.write("cors.go", "package main\n\n"+parts[0].Text)
	s.write("main.go", `package main

import "net/http"

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/things", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Total", "3") })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "broken", 500) })
	mux.HandleFunc("/private", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "private", 401) })
	panic(http.ListenAndServe("`+s.address+`", allowCORS(mux)))
}
`)
	program := filepath.Join(s.dir, "server")
	if out, err := exec.Command("go", "build", "-o", program, filepath.Join(s.dir, "main.go"), filepath.Join(s.dir, "cors.go")).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return s.run(program)
}

// server is a server that is about to run in a directory of its own.
type server struct {
	*testing.T
	dir string
	// address is where it is to listen, and nobody where nothing does.
	address, nobody string
}

func newServer(t *testing.T) *server {
	return &server{t, t.TempDir(), free(t), free(t)}
}

// free returns an address on loopback that nobody listens at.
func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *server) port() string {
	_, port, _ := net.SplitHostPort(s.address)
	return port
}

func (s *server) write(name, text string) {
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
}

// start writes a file, and runs a program.
func (s *server) start(name, text, program string, args ...string) string {
	s.write(name, text)
	return s.run(find(s.T, program), args...)
}

// debian are the packages that bring programs that are not here.
var debian = map[string]string{"nginx": "nginx", "apache2": "apache2", "caddy": "caddy", "haproxy": "haproxy", "javac": "default-jdk-headless", python: "python3-fastapi python3-uvicorn"}

// find returns the path of a program.
func find(t *testing.T, program string) string {
	path, err := exec.LookPath(program)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + program)
	}
	if err != nil && debian[program] != "" {
		t.Fatalf("%v; apt-get install --no-install-recommends %s brings it", err, debian[program])
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a program until the test ends, and returns its address once it listens.
func (s *server) run(program string, args ...string) string {
	cmd := exec.Command(program, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir, "XDG_DATA_HOME="+s.dir)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	s.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
		if s.Failed() {
			s.Logf("%s wrote:\n%s", program, log.Bytes())
		}
	})
	for range 200 {
		if c, err := net.Dial("tcp", s.address); err == nil {
			c.Close()
			return s.address
		}
		select {
		case err := <-ended:
			ended <- err
			s.Fatalf("%s ended: %v", program, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	s.Fatalf("%s does not listen at %s", program, s.address)
	return ""
}

// version returns what a server says of its version.
func version(t *testing.T, recipe string) string {
	var cmd *exec.Cmd
	switch recipe {
	case "nginx":
		cmd = exec.Command(find(t, "nginx"), "-v")
	case "apache":
		cmd = exec.Command(find(t, "apache2"), "-v")
	case "caddy":
		cmd = exec.Command(find(t, "caddy"), "version")
	case "haproxy":
		cmd = exec.Command(find(t, "haproxy"), "-v")
	case "traefik":
		cmd = exec.Command("go", "-C", "traefik", "list", "-m", "github.com/traefik/traefik/v3")
	case "express":
		cmd = exec.Command("cat", "node_modules/express/package.json", "node_modules/cors/package.json")
	case "fastapi":
		cmd = exec.Command(find(t, python), "-c", "import fastapi, starlette, uvicorn; print(fastapi.__version__, starlette.__version__, uvicorn.__version__)")
	case "rs-cors":
		cmd = exec.Command("go", "list", "-m", "github.com/rs/cors")
	case "go":
		cmd = exec.Command("go", "version")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", recipe, err, out)
	}
	return string(out)
}
