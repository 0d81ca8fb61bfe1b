package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/herdlab/herdlab/reports"
)

// page is a scenario of half a second.
const page = "name: page\nduration: 500ms\nworkload: [{class: page, rate: 40/s, arrivals: constant, keys: {count: 3}}]\nfleet: {origin: {latency: 1ms}}\nstrategies: {naive: {}}\n"

// attackPage attacks a program under the scenario, and returns the exit code, what was said and the folder.
func attackPage(t *testing.T, handler http.Handler, args ...string) (code int, said, dir string) {
	t.Helper()
	dir = t.TempDir()
	file := filepath.Join(dir, "page.yaml")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	var out bytes.Buffer
	code = run(t.Context(), &out, &out, append([]string{"attack", file, "--target", server.URL, "--out", dir, "-q", "--max-late", "100%"}, args...))
	return code, out.String(), dir
}

func served() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Cache-Status", "app; hit") })
}

// Hooks are run before, during and after every run; the charts show when, and what fails is told.
func TestHooks(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	code, said, dir := attackPage(t, served(), "--seeds", "2",
		"--before", "echo before >>"+log, "--after", "echo after >>"+log,
		"--at", "100ms", "echo during >>"+log, "--at", "200ms", "echo no such process; exit 3")
	text, err := os.ReadFile(log)
	if err != nil || code != 0 {
		t.Fatal(code, said, err)
	}
	if got := strings.Fields(string(text)); strings.Join(got, " ") != "before during after before during after" {
		t.Errorf("run: %q", got)
	}
	if !strings.Contains(said, "at 200ms, echo no such process; exit 3: exit status 3: no such process") {
		t.Errorf("a failure is told as %s", said)
	}
	files, err := reports.Open(filepath.Join(dir, "page-target"))
	if err != nil {
		t.Fatal(err)
	}
	marks := files[0].Faults
	if len(marks) != 2 || marks[0].AtMS != 100 || !strings.HasPrefix(marks[0].Label, "echo during") {
		t.Errorf("marks %+v", marks)
	}
	if !strings.Contains(files[0].Command, "--at 200ms 'echo no such process; exit 3'") {
		t.Errorf("made again by %s", files[0].Command)
	}
}

func TestHooksThatCannotBe(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]struct {
		args []string
		code int
	}{
		"--before 'exit 4': exit status 4": {[]string{"--before", "exit 4"}, 3},
		"write --at 15s 'COMMAND'":         {[]string{"--at", "soon", "true"}, 2},
		"no command behind 3s":             {[]string{"--at", "3s"}, 2},
	} {
		if code, said, _ := attackPage(t, served(), c.args...); code != c.code || !strings.Contains(said, says) {
			t.Errorf("%v: exit %d, want %d and %q: %s", c.args, code, c.code, says, said)
		}
	}
}

// Requests look as they were asked for, and a secret in a header is in no report.
func TestAsking(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := make(map[string]bool)
	_, said, dir := attackPage(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen[strings.Join([]string{r.Method, r.Host, r.Header.Get("Authorization"), body.String()}, "|")] = true
	}), "--header", "Authorization: Bearer s3cret", "--host", "shop.example", "--method", "QUERY", "--body", "id={key}", "--set", "workload.page.keys.count=1")
	if len(seen) == 0 {
		t.Fatal(said)
	}
	for got := range seen {
		if !strings.HasPrefix(got, "QUERY|shop.example|Bearer s3cret|id=page") {
			t.Errorf("asked %s", got)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "page-target", "results.json"))
	if err != nil || bytes.Contains(text, []byte("s3cret")) || strings.Contains(said, "s3cret") {
		t.Errorf("the secret is told, or %v", err)
	}
	if code, said, _ := attackPage(t, served(), "--header", "Authorization Bearer s3cret"); code != 2 || strings.Contains(said, "s3cret") || !strings.Contains(said, "write a name, a colon and a value") {
		t.Errorf("exit %d: %s", code, said)
	}
}
