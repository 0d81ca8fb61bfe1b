package world

import (
	"context"
	"crypto/md5"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// DiskClient is what the program of a box has for a cache where values live on the
// box's own disk: its files under a prefix of their keys, and the locks of the
// shared cache.
type DiskClient struct {
	strategies.Locker
	strategies.Extender

	disk   *Disk
	prefix string
	dead   atomic.Bool // the box crashed: nothing it still does reaches the disk
}

var (
	_ Cache               = (*DiskClient)(nil)
	_ strategies.Extender = (*DiskClient)(nil)
)

// Client returns the disk as a program uses it.
func (d *Disk) Client(locks Locks, prefix string) *DiskClient {
	return &DiskClient{Locker: locks, Extender: locks, disk: d, prefix: prefix}
}

// Kill cuts the client off: its box crashed.
func (c *DiskClient) Kill() { c.dead.Store(true) }

func (c *DiskClient) lost() bool { return c.dead.Load() }

// open is the name of a key's file, or why there is nothing to be had.
func (c *DiskClient) open(ctx context.Context, key string) (diskName, error) {
	switch {
	case ctx.Err() != nil:
		return diskName{}, context.Cause(ctx)
	case c.lost():
		return diskName{}, errCrashed
	}
	return md5.Sum([]byte(c.prefix + key)), nil
}

// Get reads one entry.
func (c *DiskClient) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	name, err := c.open(ctx, key)
	if err != nil {
		return strategies.Entry{}, false, err
	}
	e, ok, err := c.disk.get(ctx, name)
	if err == nil && c.lost() {
		return strategies.Entry{}, false, errCrashed
	}
	return e, ok, err
}

// Set stores an entry for ttl, or for ever if ttl is zero.
func (c *DiskClient) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	name, err := c.open(ctx, key)
	if err != nil {
		return err
	}
	if ttl < 0 {
		return ErrLifetime
	}
	f := diskFile{name: name, entry: e, expires: never, size: int64(diskOverhead + len(c.prefix) + len(key) + len(e.Data))}
	if ttl > 0 {
		f.expires = c.disk.clock.Now().Add(ttl).UnixNano()
	}
	return c.disk.set(ctx, f, c.lost)
}

// Delete removes an entry.
func (c *DiskClient) Delete(ctx context.Context, key string) error {
	name, err := c.open(ctx, key)
	if err != nil {
		return err
	}
	return c.disk.delete(ctx, name)
}

// delete removes a file.
func (d *Disk) delete(ctx context.Context, name diskName) error {
	d.mu.Lock()
	d.stats.Deletes++
	f := d.tree.byName[name]
	if f == nil {
		d.mu.Unlock()
		return nil
	}
	d.tree.remove(f)
	d.mu.Unlock()
	return d.spend(ctx, d.cfg.PerDelete, 0)
}
