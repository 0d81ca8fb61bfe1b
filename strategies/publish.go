package strategies

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// PublishConfig configures a [Publisher] and its readers. Zero fields get
// their defaults.
type PublishConfig struct {
	TTL      time.Duration `yaml:"ttl" default:"0s" min:"0s" doc:"how long a published value is served; 0 is for ever"`
	Workers  int           `yaml:"workers" default:"4" min:"1" doc:"jobs computed at once, of the whole fleet"`
	Queue    int           `yaml:"queue" default:"10000" min:"1" doc:"jobs that may wait; more are dropped"`
	Attempts int           `yaml:"attempts" default:"3" min:"1" doc:"how often a job is tried, with a back-off between"`
	Backoff  time.Duration `yaml:"backoff" default:"1s" min:"1us" doc:"pause before a failed job is tried again, doubled by every further failure, at most a minute"`
	OnMiss   string        `yaml:"on_miss" default:"load" enum:"load,fail" doc:"what a reader does when a value is not there: compute it, or fail and ask for its publication"`

	AsPublished bool `yaml:"as_published" default:"false" doc:"every save is a job of its own, several of one key at once, and each stores what it computed without a look at versions, as the original did"`

	Runtime Runtime `yaml:"-"`
}

// longestRetry bounds the back-off of a failed job.
const longestRetry = time.Minute

func (c *PublishConfig) setDefaults() {
	c.Workers = cmp.Or(c.Workers, 4)
	c.Queue = cmp.Or(c.Queue, 10000)
	c.Attempts = cmp.Or(c.Attempts, 3)
	c.Backoff = cmp.Or(c.Backoff, time.Second)
	c.OnMiss = cmp.Or(c.OnMiss, loadPast)
	c.Runtime = c.Runtime.orDefault()
}

func (c *PublishConfig) validate() error {
	return cmp.Or(
		notNegative("ttl", c.TTL),
		notNegative("workers", c.Workers),
		notNegative("queue", c.Queue),
		notNegative("attempts", c.Attempts),
		positive("backoff", c.Backoff),
		oneOf("on_miss", c.OnMiss, loadPast, failWith),
		c.readersCompute(),
	)
}

func (c *PublishConfig) readersCompute() error {
	if c.AsPublished && c.OnMiss == failWith {
		return &ConfigError{Field: "on_miss", Msg: "is fail, and with as_published readers compute what they miss: leave one of the two out"}
	}
	return nil
}

// newer is the store's way of leaving newer versions alone, if that is wanted.
func (c *PublishConfig) newer(store Store) NewerSetter {
	if c.AsPublished {
		return nil
	}
	newer, _ := store.(NewerSetter)
	return newer
}

// Publish reads what a [Publisher] stores. While the values are there no
// reader ever meets the origin, whatever the traffic; the price is that the
// writer must know every key that depends on what it wrote, and that a value
// is as old as the publisher's queue is long.
//
// A value that is not there (a cold cache, an eviction) is computed inline, by
// everybody who misses it; or not at all, with on_miss: fail.
//
// The design is the publish model of "Where Django Caching Busts at the Seams"
// (DjangoCon US 2012), slides "The Publish Model"; as_published brings back what
// its code leaves open: of two saves of a key, the job that ends last wins.
type Publish struct {
	aside
	publisher *Publisher
}

var (
	_ Strategy      = (*Publish)(nil)
	_ Invalidator   = (*Publish)(nil)
	_ StatsReporter = (*Publish)(nil)
)

// Reader makes the strategy of one box, which reads from store.
func (p *Publisher) Reader(store Store) *Publish { return p.ReaderBy(store, p.aside.loader) }

// ReaderBy is Reader with a loader of its own for what a box computes inline.
func (p *Publisher) ReaderBy(store Store, loader Loader) *Publish {
	return &Publish{
		aside:     aside{store: store, loader: loader, clock: p.clock, failed: p.cfg.Runtime.Failed, kept: p.cfg.TTL, newer: p.cfg.newer(store)},
		publisher: p,
	}
}

// Get answers with what was published, as fresh. A cache that fails has
// nothing, with on_miss: load; with on_miss: fail it is a cache error.
func (b *Publish) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := b.read(ctx, key)
	switch {
	case ok && youngerThan(&e, b.clock.Now(), b.kept):
		return served(&e, FreshHit), nil
	case err != nil && (ctx.Err() != nil || b.publisher.cfg.OnMiss == failWith):
		return failure(ctx, CacheError, err)
	case b.publisher.cfg.OnMiss == failWith:
		b.publisher.want(key)
		return Result{Outcome: ColdFailure}, ErrColdCache
	}
	return b.loadAndSave(ctx, key)
}

// Invalidate asks for the publication of key at version or later. It fails if
// the queue is full: the value then stays as it is.
func (b *Publish) Invalidate(_ context.Context, key string, version uint64) error {
	if b.publisher.Enqueue(key, version) {
		return nil
	}
	return fmt.Errorf("publish %q: the queue is full at %d jobs; more workers, or a larger queue, are needed", key, b.publisher.cfg.Queue)
}
