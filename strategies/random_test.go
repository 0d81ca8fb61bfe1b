package strategies

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// K values that are stored together expire at the rate K/(2jT), from (1-j)T to
// (1+j)T: at 13.9 a second where 10,000 lived for an hour and j is 0.1.
func TestJitterSpreadsWhatWasStoredTogether(t *testing.T) {
	const count, ttl, share = 10_000, time.Hour, 0.1
	j := &jitter{share, &random{rand: rand.New(rand.NewPCG(1, 2))}}
	minutes := map[int]float64{}
	for range count {
		d := j.spread(ttl)
		if d < 54*time.Minute || d > j.bound(ttl) || j.bound(ttl) != 66*time.Minute {
			t.Fatalf("a ttl of %v, and none above %v", d, j.bound(ttl))
		}
		minutes[int(d/time.Minute)]++
	}
	const rate = count / (2 * share * 3600)
	for m := 54; m < 66; m++ {
		if got := minutes[m] / 60; math.Abs(got-rate) > 4*math.Sqrt(rate/60) {
			t.Errorf("minute %d: %.1f expire a second, want %.1f", m, got, rate)
		}
	}
}

func TestNoJitter(t *testing.T) {
	var none *jitter
	if got := none.spread(time.Hour); got != time.Hour || none.bound(got) != got {
		t.Errorf("a ttl of %v, at most %v", got, none.bound(got))
	}
}
