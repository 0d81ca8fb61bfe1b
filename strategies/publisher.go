package strategies

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Publisher computes values and stores them, one for a fleet: a queue of keys
// and workers that empty it. Workers start when there is work and end when
// there is none. Nothing is published twice at once, and of several writes of a
// key that waits only the last is; as published, every write is, and at once.
//
// The queue is in memory: what waits in it is lost with the process.
type Publisher struct {
	aside aside
	clock clock.Clock
	cfg   PublishConfig

	mu      sync.Mutex
	jobs    *jobs
	workers int // at work
}

// PublishStats counts what a publisher did.
type PublishStats struct {
	Jobs      int64 // taken into the queue
	Collapsed int64 // asked for while one of the same key waited
	Dropped   int64 // refused because the queue was full
	Outdated  int64 // results older than what was stored or asked for
	Retried   int64 // attempts that failed and were repeated
	Failed    int64 // jobs given up after their last attempt, and failed loads of a warm-up

	Pending int           // jobs that wait now
	AgeMax  time.Duration // longest that a job waited for a worker
}

// NewPublisher makes a publisher that stores into store. The error is a
// [*ConfigError].
func NewPublisher(store Store, loader Loader, cfg PublishConfig) (*Publisher, error) {
	cfg.setDefaults()
	if err := cmp.Or(present("store", store), present("loader", loader), cfg.validate()); err != nil {
		return nil, err
	}
	clk := cfg.Runtime.Clock
	p := &Publisher{
		aside: aside{store: store, loader: loader, clock: clk, failed: cfg.Runtime.Failed, kept: cfg.TTL, newer: cfg.newer(store)},
		clock: clk, cfg: cfg, jobs: newJobs(cfg.Queue),
	}
	if cfg.AsPublished {
		p.jobs.loose = make(map[*job]struct{})
	}
	return p, nil
}

// Enqueue asks for the publication of key at version or later and returns at
// once. It reports false if the queue is full. Call it after the write has been
// committed: a worker may load before Enqueue returns.
func (p *Publisher) Enqueue(key string, version uint64) bool {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	ok := p.jobs.add(key, version, now)
	p.hire()
	return ok
}

// want asks for the publication of a key that a reader has missed.
func (p *Publisher) want(key string) {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs.want(key, now)
	p.hire()
}

// hire starts a worker if there is work for one more. It is called with mu held.
func (p *Publisher) hire() {
	if p.workers < p.cfg.Workers && p.jobs.head < len(p.jobs.line) {
		p.workers++
		p.clock.Go("publish", p.work)
	}
}

// work does jobs until there are none.
func (p *Publisher) work() {
	for {
		now := p.clock.Now()
		p.mu.Lock()
		j := p.jobs.next(now)
		if j == nil {
			p.workers--
		}
		p.mu.Unlock()
		if j == nil {
			return
		}
		p.attempt(j)
	}
}

// attempt publishes j, or sees that it is tried again.
func (p *Publisher) attempt(j *job) {
	err := p.publish(j.key, j.version)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.jobs.done(j)
	} else if p.jobs.failed(j, p.cfg.Attempts) {
		pause := backoff(j.failures, p.cfg.Backoff, longestRetry)
		p.clock.Go("publish again", func() { p.rest(j, pause) })
	}
}

// rest puts a failed job back into the line after a pause.
func (p *Publisher) rest(j *job, pause time.Duration) {
	_ = p.clock.Sleep(context.Background(), pause)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs.enter(j)
	p.hire()
}

// publish computes key and stores it. Nobody waits for it, so that a panic of
// the loader is an error here.
func (p *Publisher) publish(key string, version uint64) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v}
			p.aside.failed(key, err)
		}
	}()
	ctx := context.Background()
	e, err := p.aside.load(ctx, key, false)
	if err != nil {
		return err
	}
	if p.cfg.AsPublished {
		return p.storeAny(ctx, key, e)
	}
	old := e.Version != 0 && e.Version < version
	if e.Version == 0 {
		e.Version = version // the load began after that write, so it is as new at least
	}
	stored, err := p.storeNewer(ctx, key, e)
	if err == nil && (old || !stored) {
		p.mu.Lock()
		p.jobs.stats.Outdated++
		p.mu.Unlock()
	}
	if err == nil && old {
		return fmt.Errorf("publish %q: the origin answered with version %d after version %d was written", key, e.Version, version)
	}
	return err
}

// storeNewer stores e unless there is a newer version, and reports whether it
// did. With a store that cannot compare, the publisher does: two jobs of a key
// are never at work at once, so that only a reader who computes inline can
// come between.
func (p *Publisher) storeNewer(ctx context.Context, key string, e Entry) (bool, error) {
	if p.aside.newer != nil {
		stored, err := p.aside.newer.SetNewer(ctx, key, e, p.aside.kept)
		if err != nil {
			return false, p.aside.storeFailed(ctx, "set", key, err)
		}
		return stored, nil
	}
	there, ok, err := p.aside.read(ctx, key)
	if err != nil {
		return false, err
	}
	if ok && there.Version > e.Version {
		return false, nil
	}
	if err := p.aside.store.Set(ctx, key, e, p.aside.kept); err != nil {
		return false, p.aside.storeFailed(ctx, "set", key, err)
	}
	return true, nil
}

// Stats returns the counts so far.
func (p *Publisher) Stats() PublishStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.jobs.stats
	s.Pending = p.jobs.pending
	return s
}

// Age is how long the oldest job has waited for a worker: by how much, at
// least, the published values lag behind the origin.
func (p *Publisher) Age(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.jobs.age(now)
}

// Loads returns the counts of the loads made by the publisher, which are in no
// reader's [Stats].
func (p *Publisher) Loads() Stats { return p.aside.Stats() }

// Warm publishes keys, as many at once as there are workers, and returns when
// all are done. A failed load is counted (Failed) and not tried again. The
// error is the cause of ctx's cancellation.
func (p *Publisher) Warm(ctx context.Context, keys iter.Seq[string]) error {
	crew := newCrew(p.clock, p.cfg.Workers)
	defer crew.finish()
	for key := range keys {
		if err := crew.start(ctx, "warm", func() { p.warm(key) }); err != nil {
			return err
		}
	}
	return nil
}

func (p *Publisher) warm(key string) {
	if p.publish(key, 0) == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs.stats.Failed++
}
