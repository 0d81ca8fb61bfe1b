package live

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
)

// diskClient is what the program of a box has for a cache where values live on the
// box's own disk, beside the locks of the shared cache.
type diskClient struct {
	strategies.Locker
	strategies.Extender

	disk   *disk
	prefix string
	dead   atomic.Bool
}

var (
	_ world.ProgramCache  = (*diskClient)(nil)
	_ strategies.Extender = (*diskClient)(nil)
)

// Client returns the disk as a program uses it.
func (d *disk) Client(locks world.Locks, prefix string) world.ProgramCache {
	return &diskClient{Locker: locks, Extender: locks, disk: d, prefix: prefix}
}

// Kill cuts the client off: its box has crashed.
func (c *diskClient) Kill() { c.dead.Store(true) }

// on runs one operation, unless the box has crashed.
func (c *diskClient) on(count *atomic.Int64, do func() error) error {
	if c.dead.Load() {
		return errCrashed
	}
	count.Add(1)
	err := do()
	switch {
	case err != nil:
		c.disk.errors.Add(1)
	case c.dead.Load():
		return errCrashed
	}
	return err
}

func (c *diskClient) Get(ctx context.Context, key string) (e strategies.Entry, ok bool, err error) {
	err = c.on(&c.disk.gets, func() (err error) {
		e, ok, err = c.disk.current().Get(ctx, c.prefix+key)
		c.disk.bytesOut.Add(int64(len(e.Data)))
		return err
	})
	return e, ok && err == nil, err
}

func (c *diskClient) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return c.on(&c.disk.sets, func() error {
		err := c.disk.current().Set(ctx, c.prefix+key, e, ttl)
		c.disk.raise(int64(c.disk.Entries()))
		return err
	})
}

func (c *diskClient) Delete(ctx context.Context, key string) error {
	return c.on(&c.disk.deletes, func() error { return c.disk.current().Delete(ctx, c.prefix+key) })
}

// raise notes how many entries there were at least once.
func (d *disk) raise(n int64) {
	for {
		old := d.peak.Load()
		if n <= old || d.peak.CompareAndSwap(old, n) {
			return
		}
	}
}
