package strategies_test

import (
	"context"
	"strings"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// leased is what the server knows of a key without an entry.
type leased struct {
	token   string
	given   time.Time // to the latest holder
	old     strategies.Entry
	retired strategies.Instant
}

var _ strategies.Leaser = (*client)(nil)

// there is the entry of key, if its time is not over.
func (c *client) there(key string) (strategies.Entry, bool) {
	k, found := c.server.entries[key]
	return k.entry, found && (c.server.hoards || c.server.world.Now().Before(k.until))
}

func (c *client) Lease(ctx context.Context, key, token string, every time.Duration) (got strategies.Lease, err error) {
	err = c.do(ctx, "lease", key, func() string {
		now := c.server.world.Now()
		if e, found := c.there(key); found {
			got = strategies.Lease{Found: true, Entry: e}
			return string(e.Data)
		}
		l := c.server.leases[key]
		if now.Sub(l.given) >= 2*every {
			l.token = "" // ended by itself
		}
		got = strategies.Lease{Entry: l.old, Retired: l.retired}
		if l.token != "" && now.Sub(l.given) < every {
			return strings.TrimSpace("taken by another " + string(l.old.Data))
		}
		if l.token == "" {
			l.token = token
		}
		l.given, got.Token = now, l.token
		c.server.leases[key] = l
		return "got it"
	})
	return got, err
}

func (c *client) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (stored bool, err error) {
	err = c.do(ctx, "set", key, func() string {
		if _, found := c.there(key); found || c.server.leases[key].token != token {
			return string(e.Data) + " refused, its lease is gone"
		}
		stored = true
		return c.keep(key, e, ttl)
	})
	return stored, err
}

func (c *client) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	return c.do(ctx, "delete", key, func() string {
		l := c.server.leases[key]
		l.token = ""
		if e, found := c.there(key); found {
			l.old, l.retired = e, at
		}
		if keep == 0 {
			l = leased{}
		}
		delete(c.server.entries, key)
		c.server.leases[key] = l
		return "done"
	})
}
