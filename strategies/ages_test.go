package strategies

import (
	"testing"
	"time"
)

// A value of 5 s, stored 0.3 s into a second, is served up to an instant that depends on
// who counts.
func TestAges(t *testing.T) {
	stored := time.Unix(1000, 300_000_000)
	for _, c := range []struct {
		count AgeCount
		lives time.Duration
	}{
		{"", 5 * time.Second},
		{ExactAges, 5 * time.Second},
		{WholeSeconds, 4700 * time.Millisecond},
		{NginxSeconds, 5700 * time.Millisecond},
		{RedisTTL, 4500 * time.Millisecond},
	} {
		for _, at := range []struct {
			after time.Duration
			young bool
		}{{0, true}, {c.lives - 1, true}, {c.lives, false}} {
			if young := c.count.lives(At(stored), 5*time.Second, stored.Add(at.after)); young != at.young {
				t.Errorf("%q: %v after it was stored the value is served: %v", c.count, at.after, young)
			}
		}
		if ends := c.count.Ends(stored, 5*time.Second); !ends.Equal(stored.Add(c.lives)) {
			t.Errorf("%q: its life ends after %v, want %v", c.count, ends.Sub(stored), c.lives)
		}
		if c.lives > 5*time.Second+c.count.longer() {
			t.Errorf("%q: a store that keeps the value for %v ends it before its life", c.count, 5*time.Second+c.count.longer())
		}
	}
}
