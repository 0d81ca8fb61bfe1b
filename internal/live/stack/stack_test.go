package stack_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/live/stack"
)

func write(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "stack.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMistakes(t *testing.T) {
	for says, text := range map[string]string{
		`:1:1: a stack has no "target"`:                                                             "processes: {app: {run: x}}\n",
		`:1:19: process "app" has no field "redy"; did you mean "ready"?`:                           "processes: {app: {redy: /x, run: x}}\ntarget: http://127.0.0.1:$APP_PORT/\n",
		`:2:9: there is no variable $AP_PORT; did you mean "APP_PORT"?`:                             "processes: {app: {run: x}}\ntarget: http://127.0.0.1:$AP_PORT/\n",
		`:1:36: there is no variable $REDIS_PORT; there are ORIGIN, APP_PORT and PORT`:              "processes: {app: {run: x, env: {A: $REDIS_PORT}}}\ntarget: http://h/\n",
		`:1:13: process "App": a name is of small letters, digits and -`:                            "processes: {App: {run: x}}\ntarget: http://h/\n",
		`:1:34: ready is port, none or a path such as /health, not "prt"; did you mean "port"?`:     "processes: {app: {run: x, ready: prt}}\ntarget: http://h/\n",
		`:1:12: processes is a list here: write a mapping such as {app: {run: ./app --port $PORT}}`: "processes: [x]\ntarget: http://h/\n",
		`:5:1: a stack has no field "sett"; did you mean "set"?`:                                    "processes: {app: {run: x}}\ntarget: http://h/\nat:  [{at: 5s, run: x}]\nset: {a: 1}\nsett: 1\n",
	} {
		path := write(t, text)
		if _, err := stack.Read(path); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s\n%v, want %s", text, err, says)
		}
	}
}

// needs skips where a program is not there.
func needs(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name, "is not installed")
	}
}

// server answers who it is.
const server = `
import http.server, os
class Who(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write((os.environ["PORT"] + " " + os.environ["SAYS"]).encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Who).serve_forever()
`

// Processes are started with the ports of all, several of a kind are asked in their turn,
// and nothing is left when all is stopped.
func TestStartAndStop(t *testing.T) {
	t.Parallel()
	needs(t, "python3")
	path := write(t, "scenario: smoke\nset: {duration: 3s}\nprocesses:\n"+
		"  side: {run: 'exec sleep 600', ready: none}\n"+
		"  app: {run: 'python3 server.py & wait', count: 2, ready: /health, env: {SAYS: 'origin $ORIGIN side $SIDE_PORT'}}\n"+
		"target: http://127.0.0.1:$APP_PORT/{key}\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "server.py"), []byte(server), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := stack.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Scenario != "smoke" || len(f.Set) != 1 || f.Set[0] != "duration=3s" {
		t.Errorf("read %+v", f)
	}
	r, err := f.Start(t.Context(), origin.ServerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	said := make(map[string]bool)
	for range 4 {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Get(strings.ReplaceAll(r.Expand(f.Target), "{key}", "a"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		port, rest, _ := strings.Cut(string(text), " ")
		said[port] = true
		if want := r.Expand("origin $ORIGIN side $SIDE_PORT"); rest != want || strings.Contains(want, "$") {
			t.Errorf("it was told %q, want %q", rest, want)
		}
	}
	if !said[r.Expand("$APP_1_PORT")] || !said[r.Expand("$APP_2_PORT")] || len(said) != 2 {
		t.Errorf("answered by %v", said)
	}
	if err := r.Alive(); err != nil {
		t.Error(err)
	}
	side, err := os.FindProcess(atoi(t, r.Expand("$SIDE_PID")))
	if err != nil {
		t.Fatal(err)
	}
	if err := side.Kill(); err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(10 * time.Second); r.Alive() == nil && time.Now().Before(limit); time.Sleep(time.Millisecond) {
	}
	if err := r.Alive(); err == nil || !strings.Contains(err.Error(), "side has ended: signal: killed") {
		t.Errorf("of a process that is gone: %v", err)
	}
	r.Stop()
	if err := side.Signal(syscall.Signal(0)); err == nil {
		t.Error("a process is left")
	}
	if resp, err := http.Get(strings.ReplaceAll(r.Expand("http://127.0.0.1:$APP_1_PORT/"), "{key}", "a")); err == nil {
		resp.Body.Close()
		t.Error("what the shell started is left")
	}
}

func atoi(t *testing.T, text string) (n int) {
	t.Helper()
	for _, c := range text {
		n = 10*n + int(c-'0')
	}
	if n == 0 {
		t.Fatalf("%q is no number", text)
	}
	return n
}

// A process that does not come up is told with what it said.
func TestStartFails(t *testing.T) {
	t.Parallel()
	for says, process := range map[string]string{
		"app: it ended before it was ready: exit status 3; it wrote:\nno database": "{run: 'echo no database; exit 3'}",
		"app: it is not ready after 100ms":                                         "{run: 'exec sleep 600', within: 100ms}",
	} {
		f, err := stack.Read(write(t, "processes: {app: "+process+"}\ntarget: http://127.0.0.1:$APP_PORT/\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Start(t.Context(), origin.ServerConfig{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, err := stack.Read(write(t, "processes: {app: {run: 'exec sleep 600'}}\ntarget: http://127.0.0.1:$APP_PORT/\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Start(ctx, origin.ServerConfig{}); err == nil {
		t.Error("it went on although it was interrupted")
	}
}
