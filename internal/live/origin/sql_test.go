package origin_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/live/origin"
)

var background = context.Background()

// small is a size that is filled in no time, in more than one batch.
var small = origin.Size{Authors: 7, Books: 1_230}

// eachDatabase runs a test against an empty SQLite and an empty PostgreSQL.
func eachDatabase(t *testing.T, test func(t *testing.T, s *origin.SQL, reopen func() *origin.SQL)) {
	t.Helper()
	t.Run("file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "made on the way", "100%? #1.db")
		open := func() *origin.SQL { return sqlite(t, path) }
		test(t, open(), open)
	})
	t.Run("postgres", func(t *testing.T) {
		address := database(t)
		open := func() *origin.SQL { return postgres(t, address) }
		test(t, open(), open)
	})
}

func sqlite(t testing.TB, path string) *origin.SQL {
	t.Helper()
	s, err := origin.SQLite(path, 4)
	return closing(t, s, err)
}

func postgres(t testing.TB, address string) *origin.SQL {
	t.Helper()
	s, err := origin.Postgres(background, address, 4)
	return closing(t, s, err)
}

func closing(t testing.TB, s *origin.SQL, err error) *origin.SQL {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func prepare(t testing.TB, s *origin.SQL, f origin.Filling) origin.Prepared {
	t.Helper()
	p, err := s.Prepare(background, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func load(t testing.TB, s *origin.SQL, key string) (p origin.Page, version uint64) {
	t.Helper()
	v, err := s.Load(background, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(v.Data, &p); err != nil {
		t.Fatal(err)
	}
	return p, v.Version
}

// want says that an error is one sentence with the words in it.
func want(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q lacks %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q has more than one line", err)
	}
}

func TestUnprepared(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *origin.SQL, _ func() *origin.SQL) {
		_, loaded := s.Load(background, "author:1")
		_, written := s.Write(background, "author:1")
		for _, err := range []error{s.Check(background), loaded, written} {
			want(t, err, "is empty: fill it with `loadtest prepare`")
			var unprepared *origin.UnpreparedError
			if !errors.As(err, &unprepared) || unprepared.Force {
				t.Errorf("%#v is not what an empty database says", err)
			}
		}
		if _, ok := s.Superseded("author:1", 1); ok {
			t.Error("a version of nothing is superseded")
		}
	})
}

func TestPrepare(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *origin.SQL, reopen func() *origin.SQL) {
		var progress []int
		f := origin.Filling{Size: small, Seed: 3, Progress: func(done, total int) {
			if total != small.Books {
				t.Errorf("progress to %d, want %d", total, small.Books)
			}
			progress = append(progress, done)
		}}
		if diff := gocmp.Diff(origin.Prepared{Size: small}, prepare(t, s, f)); diff != "" {
			t.Error(diff)
		}
		if diff := gocmp.Diff([]int{0, 1000, 1230}, progress); diff != "" {
			t.Error(diff)
		}
		if err := s.Check(background); err != nil {
			t.Error(err)
		}
		first, _ := load(t, s, "author:3")
		if _, err := s.Write(background, "author:3"); err != nil {
			t.Fatal(err)
		}

		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = reopen()
		if diff := gocmp.Diff(origin.Prepared{Size: small, Already: true, Writes: 1}, prepare(t, s, f)); diff != "" {
			t.Error(diff)
		}
		_, err := s.Prepare(background, origin.Filling{Size: small, Seed: 4})
		want(t, err, "7 authors and 1230 books of seed 3, not 7 authors and 1230 books of seed 4", "--force")
		_, err = s.Prepare(background, origin.Filling{Size: origin.Size{Authors: 2, Books: 3}, Seed: 3})
		want(t, err, "not 2 authors and 3 books of seed 3", "--force")

		f.Force = true
		if diff := gocmp.Diff(origin.Prepared{Size: small}, prepare(t, s, f)); diff != "" {
			t.Error(diff)
		}
		again, version := load(t, s, "author:3")
		if diff := gocmp.Diff(first, again); diff != "" || version != 1 {
			t.Errorf("after a refill it is version %d and\n%s", version, diff)
		}
	})
}

// The same seed makes the same rows in every database, and another makes others.
func TestContentsFollowTheSeed(t *testing.T) {
	var same []string
	eachDatabase(t, func(t *testing.T, s *origin.SQL, _ func() *origin.SQL) {
		for _, seed := range []uint64{1, 1<<63 + 5} {
			prepare(t, s, origin.Filling{Size: small, Seed: seed, Force: true})
			for author := range small.Authors {
				v, err := s.Load(background, fmt.Sprint("author:", author))
				if err != nil {
					t.Fatal(err)
				}
				same = append(same, string(v.Data))
			}
		}
	})
	n := 2 * small.Authors
	for i := n; i < len(same); i++ {
		if same[i] != same[i-n] {
			t.Errorf("databases differ:\n%s\n%s", same[i-n], same[i])
		}
	}
	for i := range small.Authors {
		if same[i] == same[i+small.Authors] {
			t.Errorf("two seeds make the same page: %s", same[i])
		}
	}
}

// sales is a database and what is sold from it.
type sales struct {
	size   origin.Size
	seed   uint64
	writes []int // authors
}

func anySales() *rapid.Generator[sales] {
	return rapid.Custom(func(t *rapid.T) sales {
		authors := rapid.IntRange(1, 5).Draw(t, "authors")
		return sales{
			size:   origin.Size{Authors: authors, Books: rapid.IntRange(authors, 60).Draw(t, "books")},
			seed:   rapid.Uint64().Draw(t, "seed"),
			writes: rapid.SliceOfN(rapid.IntRange(0, authors-1), 0, 15).Draw(t, "writes"),
		}
	})
}

// The query is right by a plain reading of all books, after any writes.
func TestTopTen(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		s := sqlite(t, filepath.Join(t.TempDir(), "a.db"))
		rapid.Check(t, func(t *rapid.T) { topTen(t, s, anySales().Draw(t, "sales")) })
	})
	t.Run("postgres", func(t *testing.T) {
		s := postgres(t, database(t))
		for i := range 10 {
			topTen(t, s, anySales().Example(i))
		}
	})
}

// fataler is a test of package testing or of rapid.
type fataler interface {
	Fatal(...any)
	Fatalf(string, ...any)
}

func topTen(t fataler, s *origin.SQL, made sales) {
	if _, err := s.Prepare(background, origin.Filling{Size: made.size, Seed: made.seed, Force: true}); err != nil {
		t.Fatal(err)
	}
	model := origin.Rows(made.size, made.seed)
	versions := map[int]uint64{}
	for _, author := range made.writes {
		version, err := s.Write(background, fmt.Sprint(author))
		if err != nil || version != versions[author]+2 {
			t.Fatalf("write after %d: version %d, %v", versions[author], version, err)
		}
		versions[author]++
		sold := int(version) % len(of(model, author))
		model[author+sold*made.size.Authors].Purchases++
	}
	for author := range made.size.Authors {
		key := fmt.Sprint("author:", author)
		v, err := s.Load(background, key)
		if err != nil {
			t.Fatal(err)
		}
		var got origin.Page
		if err := json.Unmarshal(v.Data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(plainTopTen(model, author, key), got); diff != "" {
			t.Fatalf("%+v: %s", made, diff)
		}
		if v.Version != versions[author]+1 {
			t.Fatalf("version %d after %d writes", v.Version, versions[author])
		}
	}
}

func of(all []origin.Row, author int) []origin.Row {
	return slices.DeleteFunc(slices.Clone(all), func(r origin.Row) bool { return r.Author != author })
}

func plainTopTen(all []origin.Row, author int, key string) origin.Page {
	books := of(all, author)
	slices.SortFunc(books, func(a, b origin.Row) int {
		return cmp.Or(cmp.Compare(b.Purchases, a.Purchases), cmp.Compare(a.ID, b.ID))
	})
	p := origin.Page{Author: author, Key: key}
	for _, b := range books[:min(10, len(books))] {
		p.IDs, p.Titles, p.Counts = append(p.IDs, b.ID), append(p.Titles, b.Title), append(p.Counts, b.Purchases)
	}
	return p
}

func TestVersions(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *origin.SQL, _ func() *origin.SQL) {
		prepare(t, s, origin.Filling{Size: small, Seed: 1})
		before := time.Now()
		for i := range uint64(3) {
			version, err := s.Write(background, "author:2")
			if err != nil || version != i+2 {
				t.Fatalf("write %d: version %d, %v", i, version, err)
			}
			if _, now := load(t, s, "author:2"); now != version {
				t.Errorf("loaded version %d, want %d", now, version)
			}
		}
		if _, version := load(t, s, "author:3"); version != 1 {
			t.Errorf("another author is at version %d", version)
		}
		last := before
		for version := range uint64(5) {
			at, ok := s.Superseded("author:2", version)
			if ok != (version < 4) {
				t.Errorf("version %d superseded: %v", version, ok)
			}
			if ok && version > 0 && (!at.After(last) || at.After(time.Now())) {
				t.Errorf("version %d superseded at %v, the one before at %v", version, at, last)
			}
			if ok && version > 0 {
				last = at
			}
		}
		if _, ok := s.Superseded("author:9", 1); !ok {
			t.Error("author:9 is author 2 of 7, and is not superseded")
		}
	})
}

// Readers and writers together: no version is given twice, and none is read before
// it is committed or goes back.
func TestTogether(t *testing.T) {
	const writers, each = 4, 25
	eachDatabase(t, func(t *testing.T, s *origin.SQL, _ func() *origin.SQL) {
		prepare(t, s, origin.Filling{Size: origin.Size{Authors: 2, Books: 200}, Seed: 1})
		var running sync.WaitGroup
		var mu sync.Mutex
		var given []uint64
		for range writers {
			running.Go(func() {
				for range each {
					version, err := s.Write(background, "author:1")
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					given = append(given, version)
					mu.Unlock()
				}
			})
		}
		for range 3 {
			running.Go(func() {
				latest := uint64(0)
				for range each {
					v, err := s.Load(background, "author:1")
					if err != nil {
						t.Error(err)
						return
					}
					if v.Version < latest {
						t.Errorf("version %d after %d", v.Version, latest)
					}
					latest = v.Version
				}
			})
		}
		running.Wait()
		slices.Sort(given)
		for i, version := range given {
			if version != uint64(i)+2 {
				t.Fatalf("versions given are %v", given)
			}
		}
		if _, version := load(t, s, "author:1"); version != writers*each+1 {
			t.Errorf("at the end it is version %d", version)
		}
	})
}
