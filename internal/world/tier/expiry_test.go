package tier_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world/tier"
)

// A node keeps a value for as long as the client's library has it mean.
func TestExpiry(t *testing.T) {
	const year, day = 365 * 24 * time.Hour, 24 * time.Hour
	for _, c := range []struct {
		expiry string
		ttl    time.Duration
		has    time.Duration // is there still, after the set at 0.4 s
		lacks  time.Duration // is gone
	}{
		{"exact", 1500 * time.Millisecond, 1499 * time.Millisecond, 1500 * time.Millisecond},
		{"exact", year, 300 * day, 365 * day},
		{"exact", 0, 300 * day, 0},
		{"memcached", time.Second, 599 * time.Millisecond, 600 * time.Millisecond}, // to the tick
		{"memcached", time.Millisecond, 599 * time.Millisecond, 600 * time.Millisecond},
		{"memcached", 30 * day, 29 * day, 30 * day},
		{"memcached", 31 * day, -1, 0}, // in February 1970
		{"memcached", year, -1, 0},     // in 1971
		{"memcached", 0, 300 * day, 0},
		{"django", year, 300 * day, 365 * day},
		{"django", 0, -1, 0},
		{"django-1.5", 0, 299 * time.Second, 300 * time.Second},
		{"django-pylibmc", 0, 300 * day, 0},
	} {
		cache := node(1)
		cache.Expiry = c.expiry
		cache.RTT = 0
		tierUnder(t, cache, nil, func(b *bench, client *tier.Client) {
			_ = b.sim.Sleep(ctx, 400*time.Millisecond)
			begun := b.sim.Elapsed()
			if err := client.Set(ctx, "k", entry("v"), c.ttl); err != nil {
				t.Error(err)
			}
			for _, look := range []struct {
				at   time.Duration
				want bool
			}{{c.has, true}, {c.lacks, false}} {
				if look.at < 0 || !look.want && look.at < c.has {
					continue
				}
				_ = b.sim.Sleep(ctx, look.at-(b.sim.Elapsed()-begun))
				if _, ok, err := client.Get(ctx, "k"); ok != look.want || err != nil {
					t.Errorf("%s, %v: after %v it is there: %v, %v", c.expiry, c.ttl, look.at, ok, err)
				}
			}
		})
	}
}
