package main

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live/pgtest"
)

const selling = `
duration: 1s
fleet: {origin: {latency: 1ms, concurrency: 4}}
workload: [{class: page, rate: 100/s, writes: 10%, keys: {count: 5}}]
strategies: {naive: {ttl: 300ms}}
expect: [naive.computes > 4, naive.failures == 0]
`

// A user's PostgreSQL is filled and loaded from. What is wrong with it is one
// sentence, and nowhere is its password.
func TestPostgres(t *testing.T) {
	t.Parallel()
	address := pgtest.Start(t)
	with := func(change func(*url.URL)) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	wrong := func(u *url.URL) { u.User = url.UserPassword(pgtest.User, "guess") }
	unsaid := func(u *url.URL) { u.User = url.User(pgtest.User) }
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(selling), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args, origin, password string
		code                   int
		said                   string
	}{
		{"run herd.yaml", address, "", command.ExitRun, "is empty: fill it with `loadtest prepare`, with --origin postgres://"},
		{"prepare", with(wrong), "", command.ExitRun, `the user herd is refused \(password authentication failed for user "herd"\): check the name, and give the password in PGPASSWORD`},
		{"prepare --authors 10 --books 500", with(unsaid), pgtest.Password, command.ExitDone, "is filled with 10 authors and 500 books, in "},
		{"prepare --authors 10 --books 500", address, "", command.ExitDone, "has 10 authors and 500 books already, and 0 writes since"},
		{"run herd.yaml", with(wrong), "", command.ExitRun, "the user herd is refused"},
		{"run herd.yaml", with(unsaid), "guess", command.ExitRun, "the user herd is refused"},
		{"run herd.yaml", with(func(u *url.URL) { u.Path = "/shop" }), "", command.ExitRun, `database "shop" does not exist: make it with .createdb shop., or name another`},
		{"run herd.yaml", address + "&port=1", "", command.ExitRun, `nobody answers \(connect: no such file or directory\): start the server, or give another address`},
		{"run herd.yaml", with(unsaid), pgtest.Password, command.ExitDone, "report: out/herd-real/index.html"},
		{"run smoke --strategy naive --set duration=1s", address, "", command.ExitDone, "report: out/smoke-real/index.html"},
		{"prepare --authors 10 --books 500", address, "", command.ExitDone, "already, and [1-9][0-9]* writes since"},
	} {
		var said bytes.Buffer
		cmd := exec.Command(tool, append(strings.Fields(c.args), "--quiet", "--origin", c.origin)...)
		if c.args[:3] == "run" {
			cmd.Args = append(cmd.Args, "--max-late", "100%")
		}
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
		cmd.Env = append(os.Environ(), "PGPASSWORD="+c.password)
		_ = cmd.Run() // its exit code tells
		if code := cmd.ProcessState.ExitCode(); code != c.code || !regexp.MustCompile(c.said).MatchString(said.String()) {
			t.Errorf("%s: exit code %d, said %q; want %d and %s", c.args, code, said.String(), c.code, c.said)
		}
		if c.code == command.ExitRun && strings.Count(said.String(), "\n") != 1 {
			t.Errorf("%s: said several lines: %q", c.args, said.String())
		}
		silent(t, dir, said.String(), []string{pgtest.Password, url.QueryEscape(pgtest.Password), url.PathEscape(pgtest.Password), "guess"})
	}
	if r := results(t, dir, "real").Runs[0]; r.Writes == 0 || r.Computes == 0 {
		t.Errorf("%d writes, %d computes", r.Writes, r.Computes)
	}
}
