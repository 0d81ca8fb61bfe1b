package world

import (
	"context"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies"
)

// tracedClient is a client of the modelled tier in a run that follows requests: every
// operation is a step of the request on whose behalf it is made.
//
// It embeds the client, and does not stand before it, since a strategy asks its store what
// else that can do: a run that is followed must find the same answers. What the operation
// does at which node, the client itself tells ([timeline.Asked]): the ring has state, and a
// second question to it would change that.
type tracedClient struct {
	*tier.Client
	now func() time.Time
}

// Get reads one entry. The age is that on arrival at the box, as its strategy sees it.
func (c tracedClient) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	// The key is that of the strategy, without the prefix of a release or of a named
	// cache: it is what the scenario and the other timelines call it.
	span := timeline.Begin(ctx, "get", key)
	e, ok, err := c.Client.Get(ctx, key)
	endRead(span, e, ok, "miss", c.now, err)
	return e, ok, err
}

// endRead ends a step that read an entry, or says what there was in its place.
func endRead(span timeline.Span, e strategies.Entry, ok bool, otherwise string, now func() time.Time, err error) {
	// What has no instant is no value: a placeholder, or a mark that a publisher leaves.
	if err != nil || !ok || e.Stored.IsZero() {
		span.End(said(ok, "found", otherwise), err)
		return
	}
	span.EndFound(e.Stored.Age(now()))
}

// said is one of two words. Refused is no error to a strategy, and so none to its timeline:
// whoever comes second has been told what there is to know.
func said(yes bool, word, otherwise string) string {
	if yes {
		return word
	}
	return otherwise
}

// Set stores an entry. An error of the node is the result, as of every operation: a strategy
// may go on as if nothing was.
func (c tracedClient) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	span := timeline.Begin(ctx, "set", key)
	err := c.Client.Set(ctx, key, e, ttl)
	span.End("stored", err)
	return err
}

// SetNewer stores an entry, unless a writer was faster: a load that a write has overtaken
// is thrown away here.
func (c tracedClient) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	span := timeline.Begin(ctx, "set", key)
	stored, err := c.Client.SetNewer(ctx, key, e, ttl)
	span.End(said(stored, "stored", "thrown away: a newer version is there"), err)
	return stored, err
}

// Delete removes an entry, mostly on behalf of a write.
func (c tracedClient) Delete(ctx context.Context, key string) error {
	span := timeline.Begin(ctx, "delete", key)
	err := c.Client.Delete(ctx, key)
	span.End("deleted", err)
	return err
}

// TryLock takes a lock, or says which request has it.
func (c tracedClient) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	span := timeline.Begin(ctx, "lock", key)
	got, err := c.Client.TryLock(ctx, key, token, ttl)
	span.EndLock(got, err)
	return got, err
}

// Unlock frees a lock, unless it has expired under its owner.
func (c tracedClient) Unlock(ctx context.Context, key, token string) (bool, error) {
	span := timeline.Begin(ctx, "unlock", key)
	held, err := c.Client.Unlock(ctx, key, token)
	span.EndUnlock(held, err)
	return held, err
}

// Extend prolongs a lock, mostly beside the load that it protects.
func (c tracedClient) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	span := timeline.Begin(ctx, "extend", key)
	held, err := c.Client.Extend(ctx, key, token, ttl)
	span.End(said(held, "held for longer", "was not held any more"), err)
	return held, err
}

// Lease is a read and a try for the lease in one.
func (c tracedClient) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	span := timeline.Begin(ctx, "lease", key)
	got, err := c.Client.Lease(ctx, key, token, every)
	endRead(span, got.Entry, got.Found, leased(got), c.now, err)
	return got, err
}

// leased says what the asker of a lease was given in place of an entry. Who has the lease
// is not told: one lease may be handed out twice, to holders that do not know each other.
func leased(got strategies.Lease) string {
	switch {
	case got.Token != "":
		return "miss: got the lease"
	case !got.Retired.IsZero():
		return "miss: another has the lease; what was there before is kept aside"
	}
	return "miss: another has the lease"
}

// SetLeased stores an entry, unless its key was written since the lease was given.
func (c tracedClient) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	span := timeline.Begin(ctx, "set", key)
	stored, err := c.Client.SetLeased(ctx, key, token, e, ttl)
	span.End(said(stored, "stored", "thrown away: the lease was taken back"), err)
	return stored, err
}

// Retire removes an entry that lease holders may still serve as an old one.
func (c tracedClient) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	span := timeline.Begin(ctx, "delete", key)
	err := c.Client.Retire(ctx, key, at, keep)
	span.End("deleted, and kept aside", err)
	return err
}

// tracedDisk is likewise the file cache of a box. What its operations take is CPU time of
// the box and time of the disk, culls included; the locks beside it are those of the shared
// cache, and steps of their own.
type tracedDisk struct {
	*disk.Client
	now func() time.Time
}

// Get reads one entry. One that has expired is a miss, and its file is removed on the way.
func (d tracedDisk) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	span := timeline.Begin(ctx, "get", key).At("disk")
	e, ok, err := d.Client.Get(ctx, key)
	endRead(span, e, ok, "miss", d.now, err)
	return e, ok, err
}

// Set stores an entry, and culls the disk first where it is full.
func (d tracedDisk) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	span := timeline.Begin(ctx, "set", key).At("disk")
	err := d.Client.Set(ctx, key, e, ttl)
	span.End("stored", err)
	return err
}

// Delete removes an entry.
func (d tracedDisk) Delete(ctx context.Context, key string) error {
	span := timeline.Begin(ctx, "delete", key).At("disk")
	err := d.Client.Delete(ctx, key)
	span.End("deleted", err)
	return err
}

// traced makes a step of every call, in a run that follows requests: it stands between a
// strategy and its way to the origin, so that the step lasts for as long as the strategy
// waits, and not for as long as the origin works on after a time-out.
func traced(by *timeline.Recorder, what string, call strategies.LoaderFunc) strategies.LoaderFunc {
	if by == nil {
		return call
	}
	return func(ctx context.Context, key string) (strategies.Value, error) {
		span := timeline.Begin(ctx, what, key)
		v, err := call(ctx, key)
		span.End(fmt.Sprintf("version %d", v.Version), err)
		return v, err
	}
}
