package filebased

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

var background = context.Background()

func modes() []CullMode { return []CullMode{Published, Random, Amortised, Manual, Exact} }

func open(t testing.TB, dir string, cfg Config) *Store {
	t.Helper()
	s, err := New(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pathOf is where the entry of key is said to be, worked out anew.
func pathOf(mode CullMode, dir, key string) string {
	name := fmt.Sprintf("%x", md5.Sum([]byte(key)))
	if mode == Random {
		return filepath.Join(dir, name)
	}
	return filepath.Join(dir, name[:2], name[2:4], name[4:])
}

func TestStore(t *testing.T) {
	for _, mode := range modes() {
		t.Run(string(mode), func(t *testing.T) {
			storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
				dir := t.TempDir()
				return storetest.Subject{
					Store:    open(t, dir, Config{Cull: mode, MaxEntries: 10_000}),
					Swallows: mode == Published || mode == Manual,
					Plant: func(key string, raw []byte) error {
						path := pathOf(mode, dir, key)
						return errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, raw, 0o600))
					},
				}
			}))
		})
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Cull: "monthly"}, `cull is "monthly"`},
		{Config{MaxEntries: -1}, "-1 with manual"},
		{Config{Cull: Manual, MaxEntries: -2}, "max entries are -2"},
		{Config{CullFrequency: -1}, "cull frequency is -1"},
	} {
		if _, err := New(t.TempDir(), c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.cfg, err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range modes() {
		if _, err := New(path, Config{Cull: mode}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s in a file: %v", mode, err)
		}
	}
}

// fixed is a clock that a test sets.
type fixed struct{ now time.Time }

func newFixed() *fixed { return &fixed{time.Unix(2_000_000_000, 0)} }

func (f *fixed) tell() time.Time { return f.now }

func set(t testing.TB, s *Store, ttl time.Duration, keys ...string) {
	t.Helper()
	for _, key := range keys {
		e := strategies.Entry{Value: strategies.Value{Data: []byte(key)}}
		if err := s.Set(background, key, e, ttl); err != nil {
			t.Fatal(err)
		}
	}
}

// numbered are n keys.
func numbered(word string, n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprint(word, i))
	}
	return keys
}

func has(t testing.TB, s *Store, key string) bool {
	t.Helper()
	_, ok, err := s.Get(background, key)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// holds fails unless so many files are there and the counter says so.
func holds(t testing.TB, s *Store, want int) {
	t.Helper()
	n, bytes, err := s.Usage()
	if err != nil || n != want || n > 0 && bytes < int64(n)*48 {
		t.Errorf("%d files of %d bytes, %v; want %d", n, bytes, err, want)
	}
	if counted := s.Stats().Entries; counted != int64(want) {
		t.Errorf("counted %d entries, want %d", counted, want)
	}
}

// A file goes with what holds nothing else: when it is deleted, and when it is
// read after its time.
func TestFilesGoWithTheirDirectories(t *testing.T) {
	for _, mode := range modes() {
		t.Run(string(mode), func(t *testing.T) {
			dir, clock := t.TempDir(), newFixed()
			s := open(t, dir, Config{Cull: mode, Now: clock.tell})
			set(t, s, time.Second, "deleted", "expired", "overwritten", "overwritten")
			holds(t, s, 3)
			info, err := os.Stat(pathOf(mode, dir, "expired"))
			if err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%v, %v; want a file for its user alone", info, err)
			}
			if err := errors.Join(s.Delete(background, "deleted"), s.Delete(background, "never there")); err != nil {
				t.Error(err)
			}
			clock.now = clock.now.Add(time.Second)
			if has(t, s, "expired") || has(t, s, "overwritten") {
				t.Error("served after its time")
			}
			holds(t, s, 0)
			if left := s.tree.list(); len(left) != 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// What is there when a store is opened counts, and what a dead writer left does
// not.
func TestReopen(t *testing.T) {
	for _, mode := range []CullMode{Amortised, Exact, Random} {
		dir := t.TempDir()
		set(t, open(t, dir, Config{Cull: mode}), 0, numbered("k", 20)...)
		if err := os.WriteFile(filepath.Join(dir, "new", "1234"), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, Config{Cull: mode})
		holds(t, s, 20)
		if err := os.RemoveAll(dir); err != nil { // emptied with rm
			t.Fatal(err)
		}
		set(t, s, 0, "k")
		if !has(t, s, "k") {
			t.Errorf("%s: no entry after rm", mode)
		}
	}
}

// Written in place, a file is at times half there, which is a miss; renamed, it
// never is.
func TestHalfAFile(t *testing.T) {
	for _, mode := range modes() {
		dir := t.TempDir()
		s := open(t, dir, Config{Cull: mode})
		set(t, s, 0, "k")
		if err := os.Truncate(pathOf(mode, dir, "k"), 20); err != nil {
			t.Fatal(err)
		}
		_, ok, err := s.Get(background, "k")
		if renames := mode == Amortised || mode == Exact || mode == Random; ok || renames != errors.Is(err, strategies.ErrTorn) {
			t.Errorf("%s: %v, %v", mode, ok, err)
		}
	}
}
