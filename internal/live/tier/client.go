package tier

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	kinds "github.com/herdlab/herdlab/strategies/stores"
)

// errCrashed is what the program of a box that crashed gets from its cache.
var errCrashed = errors.New("box: crashed")

// boxClient is one box's way to the real tier: the ring and the time-out of
// the scenario over a store for each node.
type boxClient struct {
	tier    *Tier
	members *model.Membership
	stores  atomic.Pointer[[]nodeStore] // of every node
	dead    atomic.Bool
	read    func(at time.Time) // hears of every read; or nil
}

var _ world.TierClient = (*boxClient)(nil)

// Kill cuts the client off: its box has crashed.
func (c *boxClient) Kill() { c.dead.Store(true) }

// Use has the client go on with another prefix.
func (c *boxClient) Use(prefix string) error {
	var stores []nodeStore
	for i := range c.tier.names {
		s, err := c.tier.open(i, c.tier.wire(prefix))
		if err != nil {
			return err
		}
		if i >= len(c.tier.names)-c.tier.cfg.Gutter {
			s.most = c.tier.cfg.GutterTTL
		}
		stores = append(stores, s)
	}
	c.stores.Store(&stores)
	return nil
}

// on runs one operation at the node of key, or at the one that stands in for it.
func (c *boxClient) on(ctx context.Context, key string, count *atomic.Int64, do func(context.Context, store) error) error {
	if c.dead.Load() {
		return errCrashed
	}
	i, err := c.members.Route(key)
	if err != nil {
		return err
	}
	err = c.at(ctx, i, count, do)
	if err != nil && unanswered(err) {
		if j, spare := c.members.Instead(key, i); spare {
			return c.at(ctx, j, count, do)
		}
	}
	return err
}

// at runs one operation at node i.
func (c *boxClient) at(ctx context.Context, i int, count *atomic.Int64, do func(context.Context, store) error) error {
	count.Add(1)
	ctx, cancel := context.WithTimeout(ctx, c.tier.cfg.Timeout)
	defer cancel()
	begun, hung := time.Now(), c.tier.hung.Load() > 0
	s := (*c.stores.Load())[i]
	err := do(ctx, s)
	switch {
	case err != nil:
		c.tier.counts.errors.Add(1)
		if declined(err) {
			c.members.Answered(i)
			return err
		}
		c.members.Failed(i)
		if s.drop != nil && broken(err) {
			_ = s.drop()
		}
	case c.dead.Load():
		return errCrashed
	default:
		if !hung {
			c.tier.counts.answered.Add(1)
			c.tier.counts.nanos.Add(int64(time.Since(begun)))
		}
		c.members.Answered(i)
	}
	return err
}

// declined is whether a node has answered that it does not keep a value: it is well, and no
// client takes it for one that fails.
func declined(err error) bool {
	return errors.Is(err, kinds.ErrTooLarge) || errors.Is(err, kinds.ErrFull)
}

// askNode is [boxClient.on] for an operation that has an answer.
func askNode[T any](
	ctx context.Context, c *boxClient, key string, count *atomic.Int64, do func(context.Context, store) (T, error),
) (answer T, err error) {
	err = c.on(ctx, key, count, func(ctx context.Context, s store) (err error) {
		answer, err = do(ctx, s)
		return err
	})
	return answer, err
}

func (c *boxClient) Get(ctx context.Context, key string) (e strategies.Entry, ok bool, err error) {
	get := func(ctx context.Context, s store) (err error) {
		begun := time.Now()
		e, ok, err = s.Get(ctx, key)
		c.tier.counts.bytesOut.Add(int64(len(e.Data)))
		if err == nil && c.read != nil {
			c.read(begun)
		}
		return err
	}
	if err = c.on(ctx, key, &c.tier.counts.gets, get); ok || err != nil {
		return e, ok, err
	}
	if i, j, had := c.had(key); had && c.at(ctx, j, &c.tier.counts.gets, get) == nil && ok {
		_ = c.at(ctx, i, &c.tier.counts.sets, func(ctx context.Context, s store) error {
			_, err := s.SetNewer(ctx, key, e, 0)
			return err
		})
	}
	return e, ok, nil
}

// had is the node of key and, while one looks back, the one that had it before.
func (c *boxClient) had(key string) (i, j int, had bool) {
	i, err := c.members.Route(key)
	if err != nil || c.dead.Load() {
		return 0, 0, false
	}
	j, had = c.members.Before(key, i)
	return i, j, had
}

func (c *boxClient) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return c.on(ctx, key, &c.tier.counts.sets, func(ctx context.Context, s store) error { return s.Set(ctx, key, e, ttl) })
}

func (c *boxClient) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return askNode(ctx, c, key, &c.tier.counts.sets, func(ctx context.Context, s store) (bool, error) {
		return s.SetNewer(ctx, key, e, ttl)
	})
}

// remove takes key off its node by do, and what one that had it before still has.
func (c *boxClient) remove(ctx context.Context, key string, do func(context.Context, store) error) error {
	if _, j, had := c.had(key); had {
		_ = c.at(ctx, j, &c.tier.counts.deletes, func(ctx context.Context, s store) error { return s.Delete(ctx, key) })
	}
	return c.on(ctx, key, &c.tier.counts.deletes, do)
}

func (c *boxClient) Delete(ctx context.Context, key string) error {
	return c.remove(ctx, key, func(ctx context.Context, s store) error { return s.Delete(ctx, key) })
}

func (c *boxClient) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return askNode(ctx, c, key, &c.tier.counts.locks, func(ctx context.Context, s store) (bool, error) {
		return s.TryLock(ctx, key, token, ttl)
	})
}

// Unlock is in no count, nor is Extend: the modelled tier counts locks taken, not freed.
func (c *boxClient) Unlock(ctx context.Context, key, token string) (bool, error) {
	return askNode(ctx, c, key, new(atomic.Int64), func(ctx context.Context, s store) (bool, error) {
		return s.Unlock(ctx, key, token)
	})
}

func (c *boxClient) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return askNode(ctx, c, key, new(atomic.Int64), func(ctx context.Context, s store) (bool, error) {
		return s.Extend(ctx, key, token, ttl)
	})
}

func (c *boxClient) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	return askNode(ctx, c, key, &c.tier.counts.locks, func(ctx context.Context, s store) (strategies.Lease, error) {
		l, err := s.Lease(ctx, key, token, every)
		if l.Found {
			c.tier.counts.bytesOut.Add(int64(len(l.Entry.Data)))
		}
		return l, err
	})
}

func (c *boxClient) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return askNode(ctx, c, key, &c.tier.counts.sets, func(ctx context.Context, s store) (bool, error) {
		return s.SetLeased(ctx, key, token, e, ttl)
	})
}

func (c *boxClient) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	return c.remove(ctx, key, func(ctx context.Context, s store) error { return s.Retire(ctx, key, at, keep) })
}
