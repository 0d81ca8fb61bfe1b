package publish

import (
	"context"
	"fmt"

	"github.com/herdlab/herdlab/strategies"
)

// Reader is the strategy of one box: it reads what a [Publisher] stores.
//
// A value that is not there (a cold cache, an eviction) is computed inline, once a box, or
// with coalesce: false by every request that misses it. With on_miss: fail it is not computed, and its publication
// is asked for.
//
// The design is the publish model of "Where Django Caching Busts at the Seams"
// (DjangoCon US 2012), slides "The Publish Model", without what its code leaves open: of
// two saves of a key, the job that ends last wins there.
type Reader struct {
	engine    *strategies.Engine
	publisher *Publisher
}

var (
	_ strategies.Strategy      = (*Reader)(nil)
	_ strategies.Invalidator   = (*Reader)(nil)
	_ strategies.Refresher     = (*Reader)(nil)
	_ strategies.StatsReporter = (*Reader)(nil)
)

// Reader makes the strategy of one box, which reads from store. What the box computes
// inline it loads with loader. The error is a [*strategies.ConfigError].
func (p *Publisher) Reader(store strategies.Store, loader strategies.Loader) (*Reader, error) {
	engine, err := strategies.NewEngine(store, loader, p.cfg.Runtime, p.cfg.TTL)
	if err != nil {
		return nil, err
	}
	engine.Share(p.cfg.Sharing)
	return &Reader{engine: engine, publisher: p}, nil
}

// Get answers with what was published, as fresh. A cache that fails has
// nothing, with on_miss: load; with on_miss: fail it is a cache error.
func (r *Reader) Get(ctx context.Context, key string) (strategies.Result, error) {
	e, ok, err := r.engine.Read(ctx, key)
	switch p := r.publisher; {
	case ok && e.YoungerThan(p.clock.Now(), p.cfg.TTL):
		return r.engine.Answer(&e, strategies.FreshHit), nil
	case err != nil && (ctx.Err() != nil || p.cfg.OnMiss == FailOnMiss):
		return r.engine.Fail(ctx, strategies.CacheError, err)
	case p.cfg.OnMiss == FailOnMiss:
		p.want(key)
		return strategies.Result{Outcome: strategies.ColdFailure}, strategies.ErrColdCache
	}
	return r.engine.LoadAndSave(ctx, key)
}

// Invalidate asks for the publication of key at version or later. It fails if
// the queue is full: the value then stays as it is.
func (r *Reader) Invalidate(_ context.Context, key string, version uint64) error {
	if r.publisher.Enqueue(key, version) {
		return nil
	}
	return fmt.Errorf("publish %q: the queue is full at %d jobs; more workers, or a larger queue, are needed", key, r.publisher.cfg.Queue)
}

// Refresh computes key and stores it, past the publisher's queue.
func (r *Reader) Refresh(ctx context.Context, key string) error { return r.engine.Refresh(ctx, key) }

// Stats returns the counts of this box so far. Those of the publisher are in no reader's.
func (r *Reader) Stats() strategies.Stats { return r.engine.Stats() }
