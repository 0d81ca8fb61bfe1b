package strategies

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestLife(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	at := func(d time.Duration) time.Time { return time.Unix(1_900_000_000, 0).Add(d) }
	for _, c := range []struct {
		life life
		now  time.Duration
		want time.Duration
	}{
		{life{ttl: s}, 300 * ms, 1300 * ms},
		{life{ttl: s, tick: s}, 0, s},
		{life{ttl: s, tick: s}, 1, s},
		{life{ttl: s, tick: s}, s - 1, s}, // a nanosecond
		{life{ttl: s, tick: s}, s, 2 * s},
		{life{ttl: 1500 * ms, tick: s}, 300 * ms, 2 * s}, // whole ticks, rounded up
		{life{ttl: 100 * ms, tick: s}, 300 * ms, s},
		{life{ttl: s, tick: 250 * ms}, 300 * ms, 1250 * ms},
	} {
		if got := c.life.endOf(at(c.now)); !got.Equal(at(c.want)) {
			t.Errorf("%+v at %v: ends at %v, want %v", c.life, c.now, got.Sub(at(0)), c.want)
		}
	}
}

// With jitter the ends are spread about the ttl; of those that a tick ends, all are
// at ticks still.
func TestLifeWithJitter(t *testing.T) {
	j := &jitter{0.2, &random{rand: rand.New(rand.NewPCG(1, 2))}}
	now := time.Unix(1_900_000_000, 0)
	exact, ticking := life{ttl: time.Second, jitter: j}, life{ttl: time.Second, tick: time.Second, jitter: j}
	var sum time.Duration
	low, high, late := time.Hour, time.Duration(0), 0
	const n = 10_000
	for range n {
		d := exact.endOf(now).Sub(now)
		sum, low, high = sum+d, min(low, d), max(high, d)
		switch ticking.endOf(now).Sub(now) {
		case time.Second:
		case 2 * time.Second:
			late++
		default:
			t.Fatal("an end between two ticks")
		}
	}
	if mean := sum / n; mean < 995*time.Millisecond || mean > 1005*time.Millisecond {
		t.Errorf("the mean is %v", mean)
	}
	if low < 800*time.Millisecond || low > 810*time.Millisecond || high > 1200*time.Millisecond || high < 1190*time.Millisecond {
		t.Errorf("from %v to %v, want 800 ms to 1.2 s", low, high)
	}
	if late < n*45/100 || late > n*55/100 {
		t.Errorf("%d of %d live for two ticks, want half", late, n)
	}
}
