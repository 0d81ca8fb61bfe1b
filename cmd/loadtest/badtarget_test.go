package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"

	"github.com/herdlab/herdlab/internal/command"
)

// answering is a program that answers every request alike.
func answering(t *testing.T, status int) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if w.Header().Set("Location", "/login?next="+r.URL.Path+"&token=secret"); status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// mute is somebody who listens, says something, and goes.
func mute(t *testing.T, says string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(conn, says)
			conn.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

// dying answers ten times.
func dying(t *testing.T) string {
	var asked atomic.Int64
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if asked.Add(1) == 10 {
			go server.Config.Close()
		}
	})
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// Whatever is wrong with a program is said in one sentence, and nothing of it is green.
func TestBadTargets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "one.yaml")
	if err := os.WriteFile(file, []byte(oneSecond), 0o644); err != nil {
		t.Fatal(err)
	}
	tls := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(tls.Close)
	serving := listen(`origin: (http://\S+)\n`)
	background(t, serving, "origin", "--listen", "0")
	origin := <-serving.heard
	fine := answering(t, http.StatusOK)
	for name, c := range map[string]struct {
		args []string
		said string
	}{
		"refused":        {[]string{"http://127.0.0.1:1"}, `the target does not listen at 127\.0\.0\.1:1 \(connection refused\): start it, or correct --target`},
		"unknown host":   {[]string{"http://nobody.invalid"}, `the target is at nobody\.invalid, which has no address`},
		"no HTTP":        {[]string{mute(t, "220 ready for mail\r\n")}, `the target at \S+ does not answer in HTTP`},
		"hangs up":       {[]string{answering(t, 0)}, `the target at \S+ breaks connections off without an answer`},
		"not trusted":    {[]string{tls.URL}, `the target at \S+ has a certificate that this machine does not trust`},
		"no TLS":         {[]string{"https" + fine[4:]}, `the target at \S+ does not speak TLS: write http://`},
		"all 401":        {[]string{answering(t, 401)}, `the target refuses GET /page:1-\w+ with 401 Unauthorized: it wants a header`},
		"all 404":        {[]string{answering(t, 404)}, `the target answers 404 Not Found to GET /page:1-\w+: .*\{name\} or \{number\}.*--accept 404`},
		"all 404, plain": {[]string{answering(t, 404) + "/{name}"}, `the target has answered no read of a key with anything usable: \d+ × 404 Not Found`},
		"all 400":        {[]string{answering(t, 400)}, `the target answers 400 Bad Request to GET .*--accept 400`},
		"all 500":        {[]string{answering(t, 500)}, `the target answers 500 Internal Server Error to GET \S+: see its log`},
		"login":          {[]string{answering(t, 302)}, `the target redirects GET \S+ to http://\S+/login \(302 Found\)`},
		"dies":           {[]string{dying(t)}, `the target was gone when the traffic ended \(connection refused\); it had answered \d+ × `},
		"wrong origin":   {[]string{fine, "--origin-stats", origin}, `the origin of --origin-stats has heard nothing`},
		"no origin":      {[]string{fine, "--origin-stats", fine}, `--origin-stats: `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), &stdout, &stderr, append([]string{"attack", file, "--out", t.TempDir(), "-q", "--max-late", "100%", "--target"}, c.args...))
			if code != command.ExitRun || !regexp.MustCompile(c.said).MatchString(stderr.String()) {
				t.Errorf("exit code %d, said %q; want %d and %s", code, stderr.String(), command.ExitRun, c.said)
			}
			if bytes.Contains(append(stdout.Bytes(), stderr.Bytes()...), []byte("secret")) {
				t.Errorf("a secret is told: %s %s", stdout.String(), stderr.String())
			}
		})
	}
	t.Run("fine", func(t *testing.T) {
		t.Parallel()
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), &stdout, &stderr, []string{"attack", file, "--out", t.TempDir(), "-q", "--max-late", "100%", "--target", fine, "--set", "expect=[]"}); code != command.ExitDone {
			t.Errorf("exit code %d: %s", code, stderr.String())
		}
	})
}

// A status that is meant is an answer.
func TestAcceptedStatus(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "one.yaml")
	if err := os.WriteFile(file, []byte(oneSecond), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), &stdout, &stderr, []string{"attack", file, "--out", t.TempDir(), "-q", "--max-late", "100%", "--target", answering(t, 404), "--accept", "404,301"})
	if code != command.ExitDone || !bytes.Contains(stdout.Bytes(), []byte("× 404 Not Found")) {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// A secret in an address or in a header is in nothing that is printed or written.
func TestAttackTellsNoSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "one.yaml")
	if err := os.WriteFile(file, []byte(oneSecond), 0o644); err != nil {
		t.Fatal(err)
	}
	var seen atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("access_token") == "hush-hush" && r.Header.Get("Authorization") == "Bearer hush-hush" {
			seen.Store(true)
		}
	}))
	t.Cleanup(server.Close)
	var stdout, stderr bytes.Buffer
	run(t.Context(), &stdout, &stderr, []string{"attack", file, "--out", dir, "--max-late", "100%", "--set", "expect=[]",
		"--target", server.URL + "/{key}?access_token=hush-hush", "--header", "Authorization: Bearer hush-hush", "--format", "json"})
	if !seen.Load() {
		t.Errorf("the secret was not sent: %s", stderr.String())
	}
	if bytes.Contains(append(stdout.Bytes(), stderr.Bytes()...), []byte("hush-hush")) {
		t.Error("the secret is printed")
	}
	written := 0
	err := filepath.WalkDir(filepath.Join(dir, "one-target"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		written++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("hush-hush")) {
			t.Errorf("the secret is in %s", path)
		}
		return err
	})
	if err != nil || written == 0 {
		t.Errorf("%d files are written, %v", written, err)
	}
}
