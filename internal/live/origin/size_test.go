package origin_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/origin"
)

func TestAuthorOfKey(t *testing.T) {
	size := origin.Size{Authors: 10, Books: 10}
	for key, want := range map[string]int{"author:3": 3, "author:13": 3, "a:b:7": 7, "5": 5, "author:18446744073709551615": 5} {
		if got := size.Author(key); got != want {
			t.Errorf("%q asks for author %d, want %d", key, got, want)
		}
	}
	// The FNV-1a hashes of the empty string and of "a", from the function's
	// specification: 14695981039346656037 and 12638187200555641996.
	for key, want := range map[string]int{"": 7, "a": 6} {
		if got := size.Author(key); got != want {
			t.Errorf("%q asks for author %d, want %d", key, got, want)
		}
	}
}

func FuzzAuthorOfKey(f *testing.F) {
	for _, key := range []string{"", "author:42", "a:-1", ":", "a:99999999999999999999", "\xff"} {
		f.Add(key, 7)
	}
	f.Fuzz(func(t *testing.T, key string, authors int) {
		size := origin.Size{Authors: authors, Books: authors}
		if size.Validate() != nil {
			return
		}
		if got := size.Author(key); got < 0 || got >= authors || got != size.Author(key) {
			t.Errorf("%q asks for author %d of %d", key, got, authors)
		}
	})
}

func TestSizes(t *testing.T) {
	if err := origin.DefaultSize().Validate(); err != nil {
		t.Error(err)
	}
	for size, words := range map[origin.Size]string{
		{Authors: 0, Books: 5}: "at least 1", {Authors: 3, Books: 2}: "at least one", {Authors: 1, Books: 1 << 31}: "at most",
	} {
		want(t, size.Validate(), words)
		_, err := sqlite(t, filepath.Join(t.TempDir(), "a.db")).Prepare(background, origin.Filling{Size: size})
		want(t, err, words)
	}
}

func TestCommits(t *testing.T) {
	at := func(n int) time.Time { return time.Unix(int64(n), 0) }
	var h origin.Commits[int]
	for _, version := range []int{2, 4, 3, 7} { // 3 is noted late; 5 and 6 are another process's
		h.Add(1, uint64(version), at(version))
	}
	for version, want := range map[uint64]int{0: 2, 1: 2, 2: 3, 3: 4, 4: 7, 6: 7} {
		if got, ok := h.Superseded(1, version); !ok || !got.Equal(at(want)) {
			t.Errorf("version %d superseded at %v %v, want %v", version, got, ok, at(want))
		}
	}
	for author, version := range map[int]uint64{1: 7, 2: 1} {
		if _, ok := h.Superseded(author, version); ok {
			t.Errorf("author %d: version %d is superseded", author, version)
		}
	}
	for version := 8; version <= 100; version++ {
		h.Add(1, uint64(version), at(version))
	}
	if got, _ := h.Superseded(1, 1); !got.Equal(at(37)) { // 37 to 100 are 64
		t.Errorf("the oldest commit remembered is of %v, want %v", got, at(37))
	}
}
