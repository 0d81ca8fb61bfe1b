package memcached

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

func TestExpiration(t *testing.T) {
	now := time.Unix(1_900_000_000, 999)
	for _, c := range []struct {
		ttl  time.Duration
		want int32
	}{
		{0, 0},
		{1, 2},
		{time.Second, 2},
		{time.Second + 1, 3},
		{1500 * time.Millisecond, 3},
		{time.Hour, 3601},
		{lifetime.Month*time.Second - 2*time.Second, lifetime.Month - 1},
		{lifetime.Month*time.Second - time.Second, lifetime.Month},
		{lifetime.Month * time.Second, 1_900_000_000 + lifetime.Month + 1},
		{31 * 24 * time.Hour, 1_900_000_000 + 31*86400 + 1},
		{200 * 365 * 24 * time.Hour, 0}, // past 2038: the envelope knows
		{math.MaxInt64, 0},
	} {
		if got := expiration(now, c.ttl); got != c.want {
			t.Errorf("%v: %d, want %d", c.ttl, got, c.want)
		}
	}
}

// Whatever the keys, their names are legal, and two keys or kinds never share one.
func TestNames(t *testing.T) {
	s := New(nil, Config{Prefix: strings.Repeat("p", 100)})
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"", "k", " ", "#:", strings.Repeat("x", 147), strings.Repeat("x", 148), strings.Repeat("x", 149)})
		draw := func(label string) string {
			return key.Draw(t, label) + string(rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, label+" end"))
		}
		a, b := draw("a"), draw("b")
		for _, name := range []string{s.name(valueKind, a), s.name(lockKind, a)} {
			if len(name) > maxKey || !isLegal(name) {
				t.Fatalf("%q gets the name %q", a, name)
			}
		}
		if s.name(valueKind, a) == s.name(lockKind, b) || a != b && s.name(valueKind, a) == s.name(valueKind, b) {
			t.Fatalf("%q and %q share a name", a, b)
		}
		// A key may look like a name, or a part of one.
		name := s.name(valueKind, a)
		for i := range name {
			if like := name[i:]; like != a && s.name(valueKind, like) == name {
				t.Fatalf("%q and %q share a name", a, like)
			}
		}
	})
}
