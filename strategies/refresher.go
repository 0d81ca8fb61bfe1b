package strategies

import (
	"context"
	"fmt"
)

// Refresher is a Strategy that can be told to compute a key ahead of its readers:
// what a cache warmer calls.
type Refresher interface {
	// Refresh computes key and stores it, whether or not there is a value, and
	// asks nobody whether another computes it too. It fails if the load does.
	Refresh(ctx context.Context, key string) error
}

var (
	_ Refresher = (*Naive)(nil)
	_ Refresher = (*Mutex)(nil)
	_ Refresher = (*SWR)(nil)
	_ Refresher = (*Pool)(nil)
	_ Refresher = (*TwoLevel)(nil)
	_ Refresher = (*Publish)(nil)
)

// Refresh computes key and stores it.
func (n *Naive) Refresh(ctx context.Context, key string) error { return n.renew(ctx, key) }

// Refresh computes key and stores it, without the lock.
func (m *Mutex) Refresh(ctx context.Context, key string) error { return m.renew(ctx, key) }

// Refresh computes key and stores it, without the lock.
func (s *SWR) Refresh(ctx context.Context, key string) error { return s.renew(ctx, key) }

// Refresh computes key and stores it, without a slot.
func (p *Pool) Refresh(ctx context.Context, key string) error { return p.renew(ctx, key) }

// Refresh computes key and stores it, past the publisher's queue.
func (b *Publish) Refresh(ctx context.Context, key string) error { return b.renew(ctx, key) }

// Refresh has the strategy beneath refresh key. Boxes that have a copy of their own
// serve it to its end.
func (t *TwoLevel) Refresh(ctx context.Context, key string) error {
	if inner, ok := t.inner.(Refresher); ok {
		return inner.Refresh(ctx, key)
	}
	return fmt.Errorf("refresh %q: the strategy beneath computes what is asked for and nothing else", key)
}

// renew computes and stores.
func (a *aside) renew(ctx context.Context, key string) error {
	e, err := a.load(ctx, key, false)
	if err == nil {
		a.save(ctx, key, e)
	}
	return err
}
