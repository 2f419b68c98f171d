package browser

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// having is a machine where these names, files and variables are.
func having(env map[string]string, names ...string) machine {
	found := func(name string) bool {
		for _, n := range names {
			if n == name {
				return true
			}
		}
		return false
	}
	return machine{
		getenv: func(v string) string { return env[v] },
		look: func(name string) (string, error) {
			if found(name) {
				return "/bin/" + name, nil
			}
			return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
		},
		glob: func(pattern string) ([]string, error) {
			if found(pattern) {
				return []string{pattern}, nil
			}
			return nil, nil
		},
		version: func(_ context.Context, name, exe string) (string, error) {
			if strings.Contains(exe, "broken") {
				return "", errors.New("it is broken")
			}
			return "1.2.3", nil
		},
	}
}

func TestDoctor(t *testing.T) {
	for name, c := range map[string]struct {
		m      machine
		ready  bool
		report string // of all browsers
	}{
		"nothing": {having(nil), false, `chromium  missing: found none of chromium, chromium-browser, google-chrome-stable, google-chrome; on Debian: sudo apt-get install chromium, or set CORSIM_CHROMIUM to the path of one
firefox   missing: found none of firefox-esr, firefox; on Debian: sudo apt-get install firefox-esr, or set CORSIM_FIREFOX to the path of one
webkit    missing: found none of MiniBrowser; on Debian: sudo apt-get install libwebkit2gtk-4.1-0, or set CORSIM_WEBKIT to the path of one
          Xvfb, for a display of its own: missing (package xvfb)
          libgstplayback.so, for video and audio elements: missing (package gstreamer1.0-plugins-base), can do without
          libgstwavparse.so, for WAV, MP4 and WebM: missing (package gstreamer1.0-plugins-good), can do without
          libgstlibav.so, for AAC and H.264: missing (package gstreamer1.0-libav), can do without

To install what is missing, on Debian:
    sudo apt-get install chromium firefox-esr gstreamer1.0-libav gstreamer1.0-plugins-base gstreamer1.0-plugins-good libwebkit2gtk-4.1-0 xvfb
`},
		"all": {having(nil, "chromium", "firefox-esr", "MiniBrowser", "Xvfb", "/usr/lib/*/gstreamer-1.0/libgstplayback.so", "/usr/lib*/gstreamer-1.0/libgstwavparse.so", "/usr/lib/*/gstreamer-1.0/libgstlibav.so"), true,
			`chromium  1.2.3, /bin/chromium
firefox   1.2.3, /bin/firefox-esr
webkit    1.2.3, /bin/MiniBrowser
          Xvfb, for a display of its own: /bin/Xvfb
          libgstplayback.so, for video and audio elements: /usr/lib/*/gstreamer-1.0/libgstplayback.so
          libgstwavparse.so, for WAV, MP4 and WebM: /usr/lib*/gstreamer-1.0/libgstwavparse.so
          libgstlibav.so, for AAC and H.264: /usr/lib/*/gstreamer-1.0/libgstlibav.so
`},
		"others by the environment, no media": {having(map[string]string{"CORSIM_CHROMIUM": "mine", "CORSIM_FIREFOX": "absent", "CORSIM_WEBKIT": "broken", "DISPLAY": ":7"}, "mine", "chromium", "firefox-esr", "broken"), false,
			`chromium  1.2.3, /bin/mine
firefox   missing: no executable "absent" (from CORSIM_FIREFOX): executable file not found in $PATH
webkit    does not start: it is broken
          Xvfb, for a display of its own: DISPLAY :7
          libgstplayback.so, for video and audio elements: missing (package gstreamer1.0-plugins-base), can do without
          libgstwavparse.so, for WAV, MP4 and WebM: missing (package gstreamer1.0-plugins-good), can do without
          libgstlibav.so, for AAC and H.264: missing (package gstreamer1.0-libav), can do without

To install what is missing, on Debian:
    sudo apt-get install firefox-esr gstreamer1.0-libav gstreamer1.0-plugins-base gstreamer1.0-plugins-good
`},
	} {
		t.Run(name, func(t *testing.T) {
			webkit := installations["webkit"]
			defer func() { installations["webkit"] = webkit }()
			only := webkit
			only.Names = []string{"MiniBrowser"} // not the files of this machine
			installations["webkit"] = only
			var findings []Finding
			ready := true
			for _, b := range Names() {
				f := c.m.examine(t.Context(), b)
				ready = ready && f.Ready()
				findings = append(findings, f)
			}
			if got := Report(findings); got != c.report {
				t.Errorf("got\n%s\nwant\n%s", got, c.report)
			}
			if ready != c.ready {
				t.Errorf("ready: %v", ready)
			}
		})
	}
}

func TestDoctorOnThisMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("asks browsers for their versions")
	}
	findings := Doctor(t.Context())
	t.Log("\n" + Report(findings))
	for _, f := range findings {
		if f.Executable != "" && f.Version == "" && f.Install == "" {
			t.Errorf("%s is there, but gives no version: %s", f.Browser, f.Problem)
		}
	}
}
