package main

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live/redistest"
	"github.com/herdlab/herdlab/internal/metrics"
)

// secrets are a login, in every form that it may have.
func secrets(cfg redistest.Config) []string {
	return []string{cfg.User, cfg.Password, url.QueryEscape(cfg.User), url.QueryEscape(cfg.Password), url.PathEscape(cfg.Password)}
}

// silent fails where one of the secrets is in what was said or written.
func silent(t *testing.T, dir, said string, secrets []string) {
	t.Helper()
	look := func(where, text string) {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%q is in %s", s, where)
			}
		}
	}
	look("what was said: "+said, said)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		look(path, string(text))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

const fragile = `
duration: 1500ms
fleet: {boxes: 2, workers: 16, cache: {timeout: 100ms}, origin: {latency: 5ms}}
workload:
  - {class: page, rate: 400/s, keys: {count: 300}}
  - {class: bystander, rate: 20/s}
strategies: {naive: {ttl: 1m, on_cache_error: fail}}
expect: [naive.failures > 0]
`

// A user's Redis Cluster with TLS and a login is used, run after run. One of its
// masters that dies is in the outcomes by its name, and the run ends as any other.
// Nowhere is the login.
func TestCluster(t *testing.T) {
	t.Parallel()
	cfg := redistest.Config{User: "herd@lab", Password: "s3cret/with: %odd@signs", TLS: true}
	all := redistest.Cluster(t, cfg)
	dir, hosts := t.TempDir(), strings.Join(all.Addrs, ",")
	if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(fragile), 0o644); err != nil {
		t.Fatal(err)
	}
	begin := func(env []string, args ...string) (end func() (code int, said string)) {
		var said bytes.Buffer
		cmd := exec.Command(tool, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
		cmd.Env = append(append(os.Environ(), "REDIS_USERNAME=", "REDIS_PASSWORD=", "REDIS_CA_CERT="+all.CA), env...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return func() (int, string) {
			_ = cmd.Wait() // its exit code tells
			return cmd.ProcessState.ExitCode(), said.String()
		}
	}

	login := []string{"REDIS_USERNAME=" + cfg.User, "REDIS_PASSWORD=" + cfg.Password}
	code, said := begin(login, "run", "smoke", "--strategy", "mutex", "--set", "duration=1500ms", "--cache", "rediss://"+hosts, "--max-late", "100%")()
	if code != command.ExitDone || !strings.Contains(said, "report: ") {
		t.Errorf("smoke: exit code %d: %s", code, said)
	}
	silent(t, dir, said, secrets(cfg))

	code, said = begin([]string{"REDIS_PASSWORD=s3cret"}, "run", "smoke", "--cache", "rediss://"+url.User(cfg.User).String()+"@"+hosts)()
	if code != command.ExitRun || !strings.Contains(said, "refuses the login") || strings.Count(said, "\n") != 1 {
		t.Errorf("wrong password: exit code %d: %s", code, said)
	}
	silent(t, dir, said, append(secrets(cfg), "s3cret"))

	before, err := all.Keys(1)
	if err != nil {
		t.Fatal(err)
	}
	end := begin(nil, "run", "herd.yaml", "--max-late", "100%", "--cache", "rediss://"+url.UserPassword(cfg.User, cfg.Password).String()+"@"+hosts)
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		n, err := all.Keys(1)
		if n >= before+20 {
			break
		}
		if err != nil || time.Since(begun) > 20*time.Second {
			_, said := end()
			t.Fatalf("%d keys, %v: %s", n, err, said)
		}
	}
	all.Kill(1)
	code, said = end()
	silent(t, dir, said, secrets(cfg))
	if code != command.ExitDone {
		t.Fatalf("exit code %d: %s", code, said)
	}
	file := results(t, dir, "real")
	r := file.Runs[0]
	var sum int64
	for _, n := range r.Outcomes {
		sum += n
	}
	if sum != r.Requests || r.Outcomes[metrics.CacheError] == 0 || r.Outcomes[metrics.Computed] == 0 || r.Failures != r.Outcomes[metrics.CacheError] {
		t.Errorf("%d requests with %d failures: %v", r.Requests, r.Failures, r.Outcomes)
	}
	if r.Classes["bystander"].Failures > 0 || r.Cache.Errors < r.Failures {
		t.Errorf("%d bystanders failed; %d errors of the cache", r.Classes["bystander"].Failures, r.Cache.Errors)
	}
	if want := "--cache rediss://" + hosts; !strings.Contains(file.Command, want) {
		t.Errorf("the command is %q, want %q in it", file.Command, want)
	}
}
