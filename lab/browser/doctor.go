package browser

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Finding says whether a browser can be driven on this machine, and what it misses.
type Finding struct {
	Browser    string   `json:"browser"`
	Executable string   `json:"executable,omitempty"` // "": not found
	Variable   string   `json:"variable"`             // of the environment, names another executable
	LookedFor  []string `json:"lookedFor"`            // names on PATH, and files
	Version    string   `json:"version,omitempty"`
	Problem    string   `json:"problem,omitempty"` // why it was not found, or does not say its version
	Needs      []Need   `json:"needs,omitempty"`   // besides the executable
	Install    string   `json:"install,omitempty"` // the command that installs on Debian what is missing
}

// Need is something that a browser needs besides its executable.
type Need struct {
	Name     string `json:"name"`
	Found    string `json:"found,omitempty"` // where; "": missing
	For      string `json:"for"`             // what it is needed for
	Optional bool   `json:"optional,omitempty"`
	Package  string `json:"package"` // Debian's
}

// Ready reports whether the browser can be started. Optional needs may be missing.
func (f Finding) Ready() bool {
	return f.Version != "" && !slices.ContainsFunc(f.Needs, func(n Need) bool { return n.Found == "" && !n.Optional })
}

// Missing lists the Debian packages to install.
func (f Finding) Missing() []string {
	var out []string
	if f.Executable == "" {
		out = append(out, installations[f.Browser].Package)
	}
	for _, n := range f.Needs {
		if n.Found == "" {
			out = append(out, n.Package)
		}
	}
	return out
}

// installation says where a browser is found.
type installation struct {
	Variable string
	Names    []string // on PATH, or patterns of files; the first that exists is taken
	Package  string
}

var installations = map[string]installation{
	"chromium": {"CORSIM_CHROMIUM", []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"}, "chromium"},
	"firefox":  {"CORSIM_FIREFOX", []string{"firefox-esr", "firefox"}, "firefox-esr"},
	"webkit": {"CORSIM_WEBKIT", []string{
		"/usr/lib/*/webkit2gtk-4.1/MiniBrowser",   // Debian, Ubuntu
		"/usr/lib/webkit2gtk-4.1/MiniBrowser",     // Arch
		"/usr/libexec/webkit2gtk-4.1/MiniBrowser", // Fedora
		"/usr/lib*/webkit2gtk-4.1/MiniBrowser",    // openSUSE
		"/usr/libexec/*/webkit2gtk-4.1/MiniBrowser",
		"MiniBrowser",
	}, "libwebkit2gtk-4.1-0"},
}

// findExecutable finds the executable of a browser: the given one, else that of the environment, else the first known.
func findExecutable(name, given string) (string, error) {
	return installations[name].find(given, os.Getenv, exec.LookPath)
}

func (i installation) find(given string, getenv func(string) string, look func(string) (string, error)) (string, error) {
	from := ""
	if given == "" {
		if given = getenv(i.Variable); given != "" {
			from = " (from " + i.Variable + ")"
		}
	}
	if given != "" {
		path, err := look(given)
		if err != nil {
			return "", fmt.Errorf("no executable %q%s: %w", given, from, reason(err))
		}
		return path, nil
	}
	for _, name := range i.Names {
		files := []string{name}
		if strings.ContainsRune(name, '*') {
			files, _ = filepath.Glob(name) // the patterns are good
		}
		for _, f := range files {
			if path, err := look(f); err == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("found none of %s; %s, or set %s to the path of one", strings.Join(i.Names, ", "), installHint(i.Package), i.Variable)
}

// reason leaves out what exec and io/fs say besides it.
func reason(err error) error {
	if e := (*exec.Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return err
}

func installHint(packages ...string) string { return "on Debian: " + installCommand(packages) }

func installCommand(packages []string) string {
	packages = slices.Clone(packages)
	slices.Sort(packages)
	return "sudo apt-get install " + strings.Join(slices.Compact(packages), " ")
}

// Doctor looks for the browsers and for what they need. It starts them only to ask for their versions.
func Doctor(ctx context.Context) []Finding {
	var out []Finding
	for _, name := range Names() {
		out = append(out, machine{os.Getenv, exec.LookPath, filepath.Glob, askVersion}.examine(ctx, name))
	}
	return out
}

// machine is what Doctor asks.
type machine struct {
	getenv  func(string) string
	look    func(string) (string, error)
	glob    func(string) ([]string, error)
	version func(ctx context.Context, name, exe string) (string, error)
}

func (m machine) examine(ctx context.Context, name string) Finding {
	i := installations[name]
	f := Finding{Browser: name, Variable: i.Variable, LookedFor: i.Names}
	if name == "webkit" {
		f.Needs = m.webkitNeeds()
	}
	var err error
	if f.Executable, err = i.find("", m.getenv, m.look); err != nil {
		f.Problem = err.Error()
	}
	if missing := f.Missing(); len(missing) > 0 {
		f.Install = installCommand(missing)
	}
	if f.Executable != "" {
		if f.Version, err = m.version(ctx, name, f.Executable); err != nil {
			f.Problem = err.Error()
		}
	}
	return f
}

// webkitNeeds looks for a display and for the media plug-ins of GStreamer, of which it takes one for each package.
func (m machine) webkitNeeds() []Need {
	display := Need{Name: "Xvfb", For: "a display of its own", Package: "xvfb"}
	if path, err := m.look("Xvfb"); err == nil {
		display.Found = path
	} else if d := m.getenv("DISPLAY"); d != "" {
		display.Found = "DISPLAY " + d
	}
	needs := []Need{display}
	for _, p := range []struct{ file, use, pkg string }{
		{"libgstplayback.so", "video and audio elements", "gstreamer1.0-plugins-base"},
		{"libgstwavparse.so", "WAV, MP4 and WebM", "gstreamer1.0-plugins-good"},
		{"libgstlibav.so", "AAC and H.264", "gstreamer1.0-libav"},
	} {
		n := Need{Name: p.file, For: p.use, Optional: true, Package: p.pkg}
		for _, dir := range []string{"/usr/lib/*/gstreamer-1.0", "/usr/lib*/gstreamer-1.0", m.getenv("GST_PLUGIN_PATH")} {
			if found, _ := m.glob(filepath.Join(dir, p.file)); dir != "" && len(found) > 0 {
				n.Found = found[0]
				break
			}
		}
		needs = append(needs, n)
	}
	return needs
}

// askVersion asks an executable for its version.
func askVersion(ctx context.Context, name, exe string) (_ string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	h, err := newHome(name)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, h.remove()) }()
	env := h.environ("HOME=" + h.dir)
	if name == "webkit" {
		display, xvfb, err := startDisplay(ctx, h)
		if err != nil {
			return "", err
		}
		defer xvfb.stop()
		env = append(env, webkitEnviron(display, h.dir)...)
	}
	return versionOf(ctx, exe, env)
}

// versionOf runs exe --version.
func versionOf(ctx context.Context, exe string, env []string) (string, error) {
	cmd := exec.CommandContext(ctx, exe, "--version")
	cmd.Env = env
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		var stderr []byte
		if e := (*exec.ExitError)(nil); errors.As(err, &e) {
			stderr = e.Stderr
		}
		return "", fmt.Errorf("%s --version: %w: %.300s", exe, errors.Join(err, ctx.Err()), strings.TrimSpace(string(stderr)))
	}
	v := versionNumber.FindString(string(out))
	if v == "" {
		return "", fmt.Errorf("%s --version: found %.100q, expected a version number", exe, out)
	}
	return v, nil
}

var versionNumber = regexp.MustCompile(`\d+(\.\d+)+[a-z]*`)

// Report is the findings as text, with the one command that installs all that is missing.
func Report(findings []Finding) string {
	var b strings.Builder
	var missing []string
	for _, f := range findings {
		missing = append(missing, f.Missing()...)
		switch {
		case f.Executable == "":
			fmt.Fprintf(&b, "%-9s missing: %s\n", f.Browser, f.Problem)
		case f.Version == "":
			fmt.Fprintf(&b, "%-9s does not start: %s\n", f.Browser, f.Problem)
		case !f.Ready():
			fmt.Fprintf(&b, "%-9s %s, %s, but something is missing\n", f.Browser, f.Version, f.Executable)
		default:
			fmt.Fprintf(&b, "%-9s %s, %s\n", f.Browser, f.Version, f.Executable)
		}
		for _, n := range f.Needs {
			found := n.Found
			if found == "" {
				found = "missing (package " + n.Package + ")"
				if n.Optional {
					found += ", can do without"
				}
			}
			fmt.Fprintf(&b, "          %s, for %s: %s\n", n.Name, n.For, found)
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, "\nTo install what is missing, on Debian:\n    %s\n", installCommand(missing))
	}
	return b.String()
}
