package origin_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/herdlab/herdlab/internal/live/origin"
)

// What is not one of our databases is left as it is, even by force.
func TestForeignFile(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte("Dear reader, this is not a database.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "other.db")
	other := sqlite(t, foreign)
	prepare(t, other, origin.Filling{Size: origin.Size{Authors: 1, Books: 1}})
	if err := other.Spoil("DROP TABLE herdlab"); err != nil {
		t.Fatal(err)
	}
	for path, words := range map[string]string{text: "it is no database", foreign: "it holds something else"} {
		_, err := sqlite(t, path).Prepare(background, origin.Filling{Size: small, Force: true})
		want(t, err, "the SQLite database "+path, words, "give another path")
	}
	if left, err := os.ReadFile(text); err != nil || string(left) != "Dear reader, this is not a database.\n" {
		t.Errorf("the letter reads %q, %v", left, err)
	}
	leaves(t, dir)
}

// leaves says that no half-made file was left in a directory.
func leaves(t testing.TB, dir string) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Join(dir, "*filling*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A file that others have open is not taken away from them.
func TestFileInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	ours, theirs := sqlite(t, path), sqlite(t, path)
	f := origin.Filling{Size: origin.Size{Authors: 2, Books: 20}, Seed: 1}
	prepare(t, ours, f)
	if _, err := theirs.Write(background, "1"); err != nil {
		t.Fatal(err)
	}
	f.Force, f.Seed = true, 2
	_, err := ours.Prepare(background, f)
	want(t, err, "it is in use elsewhere")
	leaves(t, filepath.Dir(path))
	if _, version := load(t, ours, "1"); version != 2 {
		t.Errorf("their write is lost: version %d", version)
	}
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	if p := prepare(t, ours, f); p.Already {
		t.Error("it was not refilled")
	}
	if got, version := load(t, ours, "1"); version != 1 || got.Titles[0] == "" {
		t.Errorf("after the refill it is version %d: %v", version, got)
	}
}

func TestNoPlaceForFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite(t, filepath.Join(file, "a.db")).Prepare(background, origin.Filling{Size: small})
	want(t, err, "not a directory")

	if _, err := origin.SQLite(file, -1); err == nil {
		t.Error("-1 connections are allowed")
	}
	t.Setenv("XDG_CACHE_HOME", "/somewhere")
	if path, err := origin.DefaultPath(); err != nil || filepath.Base(path) != "origin.db" {
		t.Errorf("the default path is %q, %v", path, err)
	}
}

// Rows that are gone are missed, and only force brings them back.
func TestSpoiled(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *origin.SQL, _ func() *origin.SQL) {
		f := origin.Filling{Size: origin.Size{Authors: 2, Books: 20}, Seed: 1}
		prepare(t, s, f)
		if err := s.Spoil("DELETE FROM books WHERE id IN (3, 4)"); err != nil {
			t.Fatal(err)
		}
		want(t, s.Check(background), "has 2 authors and 18 books and was filled with 2 authors and 20 books: refill it with `loadtest prepare --force`")
		_, err := s.Prepare(background, f)
		want(t, err, "--force")
		if err := s.Spoil("DELETE FROM books WHERE author_id = 1"); err != nil {
			t.Fatal(err)
		}
		_, err = s.Load(background, "1")
		want(t, err, s.String(), "author 1 has no books", "--force")
		_, err = s.Write(background, "1")
		want(t, err, "author 1 lacks book", "--force")
		f.Force = true
		prepare(t, s, f)
		if _, version := load(t, s, "1"); version != 1 {
			t.Errorf("version %d after a refill", version)
		}
	})
}
