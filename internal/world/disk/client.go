package disk

import (
	"context"
	"crypto/md5"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// Client is what the program of a box has for a cache where values live on the
// box's own disk: its files under a prefix of their keys, and the locks of the
// shared cache.
type Client struct {
	strategies.Locker
	strategies.Extender

	disk   *Disk
	prefix string
	dead   atomic.Bool // the box crashed: nothing it still does reaches the disk
}

// Kill cuts the client off: its box crashed. The disk outlives it, with what it has.
func (c *Client) Kill() { c.dead.Store(true) }

// lost reports whether the box has crashed since the client was made.
func (c *Client) lost() bool { return c.dead.Load() }

// open is the name of a key's file, or why there is nothing to be had. Every operation
// begins here, and so none of a program that is dead.
func (c *Client) open(ctx context.Context, key string) (fileName, error) {
	switch {
	case ctx.Err() != nil:
		return fileName{}, context.Cause(ctx)
	case c.lost():
		return fileName{}, ErrCut
	}
	return md5.Sum([]byte(c.prefix + key)), nil
}

// Get reads one entry. One that was read over the crash of the box reaches nobody.
func (c *Client) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	name, err := c.open(ctx, key)
	if err != nil {
		return strategies.Entry{}, false, err
	}
	e, ok, err := c.disk.get(ctx, name)
	if err == nil && c.lost() {
		return strategies.Entry{}, false, ErrCut
	}
	return e, ok, err
}

// Set stores an entry under the hash of its key, for ttl, or for ever if ttl is zero.
func (c *Client) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	name, err := c.open(ctx, key)
	if err != nil {
		return err
	}
	if ttl < 0 {
		return ErrLifetime
	}
	f := file{name: name, entry: e, expires: never, size: int64(overhead + len(c.prefix) + len(key) + len(e.Data))}
	if ttl > 0 {
		f.expires = c.disk.clock.Now().Add(ttl).UnixNano()
	}
	return c.disk.set(ctx, f, c.lost)
}

// Delete removes an entry of this box alone. The other boxes' disks keep theirs, so
// that an invalidation reaches one box of many.
func (c *Client) Delete(ctx context.Context, key string) error {
	name, err := c.open(ctx, key)
	if err != nil {
		return err
	}
	return c.disk.delete(ctx, name)
}
