package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

var background = context.Background()

func open(t *testing.T, dir string, now func() time.Time) *Store {
	t.Helper()
	s, err := New(dir, Config{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pathOf is where the value of key is said to be, worked out anew.
func pathOf(dir, key string) string {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	return filepath.Join(dir, "values", name[:2], name[2:4], name[4:])
}

func subject(t *testing.T, dir string, s strategies.Store) storetest.Subject {
	return storetest.Subject{
		Store: s,
		Plant: func(key string, raw []byte) error {
			path := pathOf(dir, key)
			return errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, raw, 0o600))
		},
	}
}

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
		dir := t.TempDir()
		return subject(t, dir, open(t, dir, nil))
	}))
}

// several is a Store whose every operation is another Store's of the same
// directory, as those of several processes are.
type several struct {
	turn func() *Store
}

func (s several) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	return s.turn().Get(ctx, key)
}
func (s several) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return s.turn().Set(ctx, key, e, ttl)
}
func (s several) Delete(ctx context.Context, key string) error { return s.turn().Delete(ctx, key) }
func (s several) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return s.turn().SetNewer(ctx, key, e, ttl)
}
func (s several) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return s.turn().TryLock(ctx, key, token, ttl)
}
func (s several) Unlock(ctx context.Context, key, token string) (bool, error) {
	return s.turn().Unlock(ctx, key, token)
}
func (s several) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return s.turn().Extend(ctx, key, token, ttl)
}

func TestStoreOfSeveralProcesses(t *testing.T) {
	storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
		dir := t.TempDir()
		fresh := func() *Store {
			s, err := New(dir, Config{})
			if err != nil {
				t.Error(err)
			}
			return s
		}
		return subject(t, dir, several{fresh})
	}))
}

// fullFile is a file on a disk that has room for so many bytes.
type fullFile struct {
	*os.File
	room int
}

func (f *fullFile) Write(b []byte) (int, error) {
	if len(b) <= f.room {
		return f.File.Write(b)
	}
	n, err := f.File.Write(b[:f.room])
	return n, errors.Join(err, &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC})
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	entry := func(data string) strategies.Entry {
		return strategies.Entry{Value: strategies.Value{Data: []byte(data)}}
	}
	if err := s.Set(background, "k", entry("old"), 0); err != nil {
		t.Fatal(err)
	}
	s.create = func(dir string) (temporary, error) {
		f, err := os.CreateTemp(dir, temporaryName)
		return &fullFile{f, 10}, err
	}
	if err := s.Set(background, "k", entry("new"), 0); !errors.Is(err, stores.ErrFull) {
		t.Errorf("set: %v, want that the cache is full", err)
	}
	if got, err := s.TryLock(background, "k", "me", time.Hour); got || !errors.Is(err, stores.ErrFull) {
		t.Errorf("lock: %v, %v, want that the cache is full", got, err)
	}
	if e, ok, err := s.Get(background, "k"); !ok || err != nil || string(e.Data) != "old" {
		t.Errorf("the old value: %q, %v, %v", e.Data, ok, err)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

// files are the values and locks below dir, and what is left of writing them.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		if err == nil && d.Type().IsRegular() && !strings.HasPrefix(rel, guardDir) {
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(2_000_000_000, 0)
	s := open(t, dir, func() time.Time { return now })
	set := func(key string, ttl time.Duration) {
		t.Helper()
		if err := s.Set(background, key, strategies.Entry{}, ttl); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 50 {
		set(fmt.Sprint("short", i), time.Minute)
		set(fmt.Sprint("long", i), time.Hour)
	}
	set("ever", 0)
	for key, ttl := range map[string]time.Duration{"a": time.Minute, "b": time.Hour} {
		if got, err := s.TryLock(background, key, "me", ttl); !got || err != nil {
			t.Fatal(got, err)
		}
	}
	// A writer that died, one that is at it, and something that nobody knows.
	sub := filepath.Dir(pathOf(dir, "ever"))
	for name, age := range map[string]time.Duration{"new-1": 2 * time.Hour, "new-2": time.Second, "README": 99 * time.Hour} {
		path := filepath.Join(sub, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, now.Add(-age), now.Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Minute - 1)
	if n, err := s.Sweep(background); n != 1 || err != nil {
		t.Errorf("a nanosecond too early: %d removed, %v; want what the dead writer left", n, err)
	}
	now = now.Add(1)
	if n, err := s.Sweep(background); n != 51 || err != nil {
		t.Errorf("%d removed, %v; want 50 entries and a lock", n, err)
	}
	if left := files(t, dir); len(left) != 54 {
		t.Errorf("%d files are left, want 50 entries and one for ever, a lock, and two that are not its business", len(left))
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := s.Sweep(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// What is read when it has expired is removed.
func TestExpiredFilesGo(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(2_000_000_000, 0)
	s := open(t, dir, func() time.Time { return now })
	if err := s.Set(background, "k", strategies.Entry{}, time.Second); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	if _, ok, err := s.Get(background, "k"); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

// Emptying the cache with rm does no harm. A directory that cannot be one is an
// error with a name.
func TestNoDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(path, Config{}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a file for a directory: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "cache")
	s := open(t, dir, nil)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Get(background, "k"); ok || err != nil {
		t.Errorf("get: %v, %v; want a miss", ok, err)
	}
	if err := s.Set(background, "k", strategies.Entry{}, 0); err != nil {
		t.Errorf("set after rm: %v", err)
	}
	if err := errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, ok, err := s.Get(background, "k")
	if ok || !errors.Is(err, stores.ErrRefused) {
		t.Errorf("get from a file: %v, %v; want that the cache is not there", ok, err)
	}
	if err := s.Set(background, "k", strategies.Entry{}, 0); !errors.Is(err, stores.ErrRefused) {
		t.Errorf("set into a file: %v, want that the cache is not there", err)
	}
}

// A value is where the last package comment says, and for its user alone.
func TestPlace(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	if err := s.Set(background, "../../etc/passwd", strategies.Entry{}, 0); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(pathOf(dir, "../../etc/passwd"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may %v", info.Mode())
	}
}

func BenchmarkSet(b *testing.B) {
	s, err := New(b.TempDir(), Config{})
	if err != nil {
		b.Fatal(err)
	}
	e := strategies.Entry{Value: strategies.Value{Data: make([]byte, 1024)}}
	for i := 0; b.Loop(); i++ {
		if err := s.Set(background, fmt.Sprint(i%5000), e, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}
