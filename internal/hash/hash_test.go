package hash_test

import (
	"hash/fnv"
	"testing"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/hash"
)

// The vectors are those of the authors' test suite (test_fnv.c).
func TestFNV1aAgreesWithItsAuthors(t *testing.T) {
	for text, want := range map[string]uint64{"": 0xcbf29ce484222325, "a": 0xaf63dc4c8601ec8c, "foobar": 0x85944171f73967e8} {
		if got := hash.FNV1a(text); got != want {
			t.Errorf("FNV1a(%q) = %#x, want %#x", text, got, want)
		}
	}
}

// SplitMix64 seeded with 0 begins with these numbers (java.util.SplittableRandom
// has the same ones): its n-th is the finalizer of n times the golden ratio.
func TestMixIsTheFinalizerOfSplitMix64(t *testing.T) {
	const golden = 0x9e3779b97f4a7c15
	counter := uint64(0)
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		counter += golden
		if got := hash.Mix(counter); got != want {
			t.Errorf("number %d is %#x, want %#x", i, got, want)
		}
	}
}

func TestHashIsFNV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		h := fnv.New64a()
		h.Write([]byte(s))
		if got := hash.FNV1a(s); got != h.Sum64() {
			t.Fatalf("FNV1a(%q) = %x, want %x", s, got, h.Sum64())
		}
	})
}
