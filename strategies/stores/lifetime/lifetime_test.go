package lifetime_test

import (
	"math"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// noon is an instant of the present.
func noon() time.Time { return time.Unix(1_900_000_000, 0) }

// What each library sends to memcached for what a program wrote.
func TestDialects(t *testing.T) {
	const (
		week = lifetime.Given(7 * 86400)
		next = 1_900_000_000 + 86400*365 // the instant a year from noon
	)
	for _, c := range []struct {
		dialect                              lifetime.Dialect
		zero, none, omitted, week, forever   int64
		month, more, below, plainYearIsAYear int64
	}{
		{lifetime.Django, -1, 0, 300, 604800, next, 2592000, 1_902_592_001, -5, 1},
		{lifetime.DjangoOld, 300, 300, 300, 604800, next, 2592000, 1_902_592_001, -5, 1},
		{lifetime.DjangoPylibmc, 0, 0, 300, 604800, next, 2592000, 1_902_592_001, -5, 1},
		{lifetime.Johnny, 0, 300, 300, 604800, next, 2592000, 1_902_592_001, -5, 1},
		{lifetime.Plain, 0, 0, 0, 604800, 31_536_000, 2592000, 2592001, -5, 0},
	} {
		for given, want := range map[lifetime.Given]int64{
			0: c.zero, lifetime.None: c.none, lifetime.Omitted: c.omitted, week: c.week, lifetime.Forever: c.forever,
			lifetime.Month: c.month, lifetime.Month + 1: c.more, -5: c.below,
		} {
			if got := c.dialect.Exptime(given, noon()); got != want {
				t.Errorf("%s: %d is sent as %d, want %d", c.dialect, given, got, want)
			}
		}
		at, never := lifetime.Memcached{Started: noon().Add(-time.Hour)}.Expires(c.dialect.Exptime(lifetime.Forever, noon()), noon())
		if lives := at.Sub(noon()); never || (lives > 364*24*time.Hour) != (c.plainYearIsAYear == 1) || lives < 0 {
			t.Errorf("%s: a year is %v", c.dialect, lives)
		}
	}
}

// johnny-cache writes zero unless told otherwise: for ever with its own backend,
// nothing with Django's of today, five minutes with that of its day.
func TestJohnnysZero(t *testing.T) {
	for dialect, want := range map[lifetime.Dialect]time.Duration{
		lifetime.Johnny: math.MaxInt64, lifetime.Django: 0, lifetime.DjangoOld: 5 * time.Minute,
	} {
		at, never := lifetime.Memcached{Started: noon().Add(-time.Hour)}.Expires(dialect.Exptime(0, noon()), noon())
		lives := at.Sub(noon())
		if never {
			lives = math.MaxInt64
		}
		if lives != want {
			t.Errorf("%s: zero is %v, want %v", dialect, lives, want)
		}
	}
}

// An item is gone at a tick, so that n seconds are more than n-1 and up to n.
func TestTicks(t *testing.T) {
	m := lifetime.Memcached{Started: time.Unix(1_000_000_000, 250_000_000)}
	at := func(ms int64) time.Time { return time.UnixMilli(1_900_000_000_000 + ms) }
	for _, c := range []struct {
		now     time.Time
		exptime int64
		want    time.Time
	}{
		{at(250), 1, at(1250)}, // a tick
		{at(251), 1, at(1250)},
		{at(1249), 1, at(1250)},
		{at(1250), 1, at(2250)},
		{at(0), 10, at(9250)},
		{at(0), lifetime.Month, at(-750 + 2592000_000)},
		{at(0), lifetime.Month + 1, at(0)}, // 31 January 1970
		{at(0), 86400 * 365, at(0)},        // 1 January 1971
		{at(0), 1_000_000_000, at(0)},      // the start of the process
		{at(0), 1_900_000_000, at(250)},    // now, until the next tick
		{at(0), 1_900_000_007, at(7250)},
		{at(0), -1, at(0)},
	} {
		if got, never := m.Expires(c.exptime, c.now); never || !got.Equal(c.want) {
			t.Errorf("%d at %v: gone at %v, want %v", c.exptime, c.now, got, c.want)
		}
	}
	if _, never := m.Expires(0, at(0)); !never {
		t.Error("zero is not for ever")
	}
}

func TestWholeUnits(t *testing.T) {
	for _, c := range []struct {
		d     time.Duration
		given lifetime.Given
		redis time.Duration
	}{
		{0, 0, 0},
		{1, 1, time.Millisecond},
		{time.Second, 1, time.Second},
		{time.Second + 1, 2, time.Second + time.Millisecond},
		{-time.Second, -1, -time.Second},
		{math.MaxInt64, 9_223_372_037, 9_223_372_036_854 * time.Millisecond},
	} {
		if got := lifetime.Seconds(c.d); got != c.given {
			t.Errorf("%v: %d s, want %d", c.d, got, c.given)
		}
		if got := lifetime.Redis(c.d); got != c.redis {
			t.Errorf("%v: %v for Redis, want %v", c.d, got, c.redis)
		}
	}
}
