package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live/origin"
)

const oneSecond = `
duration: 1s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 50/s, keys: {count: 5}}]
strategies: {naive: {ttl: 1s}}
expect: [naive.computes > 0]
`

// tryout is a directory of its own with one.yaml in it.
func tryout(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("one.yaml", []byte(oneSecond), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every mistake is one sentence without a password, and an exit code that tells
// a wrong command line (2) from a part that cannot be had (3).
func TestMistakes(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	tryout(t)
	for _, c := range []struct {
		args string
		code int
		said string
	}{
		{"run brust", 2, `there is no scenario "brust".*`},
		{"run one.yaml --cache reddis", 2, `--cache reddis: .*did you mean "redis"\?`},
		{"run page-cache-post --cache redis", 2, `page-cache-post, before: fleet\.front: nginx looks for pages in memcached: run it with --cache memcached`},
		{"run page-cache-post --cache file", 2, `fleet\.front: `},
		{"run page-cache-post --cache memcached://127.0.0.1:1", 2, `fleet\.front: `},
		{"validate page-cache-post --cache embedded", 2, `fleet\.front: `},
		{"run one.yaml --set fleet.cache.max_item=1MB --cache file", 2, `one, naive: fleet\.cache\.max_item is a limit of memcached's, which file has not`},
		{"run one.yaml --set fleet.cache.max_item=1KB --cache memcached", 2, `one, naive: fleet\.cache\.max_item: 1000 bytes are no multiple of 1024, and with another limit no memcached starts`},
		{"run one.yaml --set fleet.cache.gutter=1 --cache file", 2, `fleet\.cache\.gutter needs nodes`},
		{"run one.yaml --cache mongo://u:secret@h", 2, `--cache mongo://\.\.\.: unknown kind`},
		{"run one.yaml --cache memcached://127.0.0.1:1", 3, `the cache at 127.0.0.1:1 does not answer`},
		{"run one.yaml --cache redis://u:secret@127.0.0.1:1", 3, `the cache at 127.0.0.1:1 does not answer`},
		{"run one.yaml --origin sqlit", 2, `--origin sqlit: .*did you mean "sqlite"\?`},
		{"run one.yaml --origin mysql://u:secret@h/x", 2, `--origin mysql://\.\.\.: unknown kind`},
		{"run one.yaml --origin postgres://u:secret@127.0.0.1:1/books", 3, `the PostgreSQL database books at 127.0.0.1:1: nobody answers`},
		{"run one.yaml --origin http://u:secret@127.0.0.1:1", 3, `--origin: nobody answers at 127.0.0.1:1`},
		{"run one.yaml --origin sqlite:none.db", 3, "none.db is empty: fill it with `loadtest prepare`"},
		{"run one.yaml --max-late much", 2, `--max-late: "much" is no share`},
		{"run one.yaml --strategy niave", 2, `did you mean "naive"\?`},
		{"validate one.yaml --origin http://127.0.0.1:1", 2, `validate compares with the model`},
		{"prepare --origin modelled", 2, `only a database is filled`},
		{"prepare --origin sqlite:a.db --authors 5 --books 2", 2, `2 books are too few for 5 authors`},
		{"prepare --origin postgres://u:secret@127.0.0.1:1/books", 3, `nobody answers`},
		{"origin --listen " + busy.Addr().String(), 3, `cannot listen on 127.0.0.1:\d+: .*in use.*choose another with --listen`},
		{"origin --listen 0.0.0.0:0", 2, `other machines could reach this address; give 127.0.0.1:PORT, or add --public`},
		{"origin --listen here", 2, `--listen here is not host:port`},
		{"origin --listen 0 --latency 5", 2, `"latency": "5" has no unit`},
		{"origin --listen 0 --errors 500%", 2, `500% is too large`},
		{"origin --listen 0 --set latncy=5ms", 2, `did you mean "latency"\?`},
		{"origin --listen 0 --bytes=-1", 2, `--bytes -1: give 0 or more`},
		{"attack one.yaml", 2, `--target`},
		{"attack one.yaml --target http://127.0.0.1:1/{kye}", 2, `--target: \{kye\} is nothing that could be replaced; did you mean \{key\}\?`},
		{"attack one.yaml --target http://127.0.0.1:1/{name} --seeds 3", 2, `--seeds 3: every run asks for the same addresses`},
		{"attack one.yaml --target http://127.0.0.1:1/{name}?v={run} --seeds 3", 3, `does not listen`},
		{"attack one.yaml --target 127.0.0.1:1", 2, `--target: the address is not a URL`},
		{"attack one.yaml --target http://u:secret@127.0.0.1:1", 3, `the target does not listen at 127.0.0.1:1 \(connection refused\)`},
		{"attack one.yaml --target http://127.0.0.1:1 --name a/b", 2, `--name "a/b": a label is`},
		{"attack one.yaml --target http://127.0.0.1:1 --bystander http://127.0.0.1:1", 2, `--bystander: every class of one has keys`},
		{"run one.yaml --cache=", 2, `--cache: the value is empty: give one, or leave the flag out`},
		{"attack brust --target http://127.0.0.1:1", 2, `there is no scenario "brust"`},
	} {
		t.Run(c.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), &stdout, &stderr, strings.Fields(c.args))
			said := stderr.String()
			if code != c.code || !regexp.MustCompile(c.said).MatchString(said) {
				t.Errorf("exit code %d, said %q; want %d and %s", code, said, c.code, c.said)
			}
			if strings.Contains(said, "secret") {
				t.Errorf("the password is in %q", said)
			}
			if _, err := os.Lstat("out"); err == nil {
				t.Error("a directory is left")
			}
			if n := strings.Count(strings.TrimSpace(said), "\n"); n > 0 && !strings.HasPrefix(c.args, "attack") {
				t.Errorf("said %d lines: %q", n+1, said)
			}
		})
	}
}

// The default database is made where it is not, small as it is, and that is said.
func TestMissingDatabaseIsFilled(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	var stdout, stderr bytes.Buffer
	c := &command.Console{Ctx: context.Background(), Out: &stdout, Err: &stderr}
	for _, said := range []string{"is filled with 3 authors and 30 books", ""} {
		stderr.Reset()
		from, err := openSource(c, "sqlite", 0, origin.Size{Authors: 3, Books: 30}, true)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(stderr.String(), said) || said == "" && stderr.Len() > 0 {
			t.Errorf("said %q, want %q", stderr.String(), said)
		}
		if v, err := from.Load(context.Background(), "author:1"); err != nil || !strings.Contains(string(v.Data), `"author":1`) {
			t.Errorf("loaded %s, %v", v.Data, err)
		}
		if err := from.Close(); err != nil {
			t.Error(err)
		}
	}
}
