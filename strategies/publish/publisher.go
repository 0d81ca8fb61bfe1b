// Package publish is the strategy whose writers compute: a [Publisher] stores what was
// written, and a [Reader] in every box reads it. While the values are there no reader
// ever meets the origin, whatever the traffic. The price is that the writer must know
// every key that depends on what it wrote, and that a value is as old as the publisher's
// queue is long.
package publish

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Config configures a [Publisher] and its readers. Zero fields get their defaults.
type Config struct {
	TTL      time.Duration `yaml:"ttl" default:"0s" min:"0s" doc:"age at which a published value is no longer served; 0 is never"`
	Workers  int           `yaml:"workers" default:"4" min:"1" doc:"jobs that run at once in the whole fleet"`
	Queue    int           `yaml:"queue" default:"10000" min:"1" doc:"jobs that may wait; more are dropped"`
	Attempts int           `yaml:"attempts" default:"3" min:"1" doc:"how often a job is tried, with a pause in between"`
	Backoff  time.Duration `yaml:"backoff" default:"1s" min:"1us" doc:"pause before a failed job is tried again; doubles with every further failure, up to a minute"`
	OnMiss   MissMode      `yaml:"on_miss" default:"load" enum:"load,fail" doc:"what a reader does when a value is missing: compute it, or fail and ask for its publication"`

	strategies.Sharing `yaml:",inline"` // of what readers compute

	Runtime strategies.Runtime `yaml:"-"`
}

// MissMode is a word of the setting on_miss.
type MissMode string

// What a reader does when a value is not there.
const (
	LoadOnMiss MissMode = "load" // computes it inline
	FailOnMiss MissMode = "fail" // fails, and asks for its publication
)

// longestRetry bounds the back-off of a failed job.
const longestRetry = time.Minute

// Publisher computes values and stores them, one for a fleet: a queue of keys
// and workers that empty it. Workers start when there is work and end when
// there is none. Nothing is published twice at once, and of several writes of a
// key that waits only the last is.
//
// The queue is in memory: what waits in it is lost with the process.
type Publisher struct {
	engine *strategies.Engine // of the workers; every reader has one of its own
	clock  clock.Clock
	cfg    Config

	mu      sync.Mutex // never held while a job loads or stores
	jobs    *jobs
	workers int // at work
}

// Stats counts what a publisher did.
type Stats struct {
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
// [*strategies.ConfigError].
func NewPublisher(store strategies.Store, loader strategies.Loader, cfg Config) (*Publisher, error) {
	if err := strategies.Settle(&cfg, &cfg.Runtime); err != nil {
		return nil, err
	}
	engine, err := strategies.NewEngine(store, loader, cfg.Runtime, cfg.TTL)
	if err != nil {
		return nil, err
	}
	return &Publisher{engine: engine, clock: cfg.Runtime.Clock, cfg: cfg, jobs: newJobs(cfg.Queue)}, nil
}

// Enqueue asks for the publication of key at version or later and returns at
// once. It reports false if the queue is full. Call it after the write has been
// committed: a worker may load before Enqueue returns.
func (p *Publisher) Enqueue(key string, version uint64) bool {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	ok := p.jobs.add(key, version, now)
	p.hireWorker()
	return ok
}

// want asks for the publication of a key that a reader has missed. Where a job of the
// key waits or is at work nothing is added: what it stores is what the reader missed.
func (p *Publisher) want(key string) {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs.want(key, now)
	p.hireWorker()
}

// hireWorker starts a worker if there is work for one more. It is called with mu held. A
// worker that has nothing to do ends, so that an idle publisher is no process at all
// and need not be stopped.
func (p *Publisher) hireWorker() {
	if p.workers < p.cfg.Workers && p.jobs.line.Len() > 0 {
		p.workers++
		p.clock.Go("publish", p.doJobs)
	}
}

// doJobs does jobs until there are none. That there are none is seen, and the worker
// counted out, in one step: otherwise a job that came in between would find all
// workers busy and be left lying.
func (p *Publisher) doJobs() {
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
		p.attemptJob(j)
	}
}

// attemptJob publishes j, or sees that it is tried again. The pause is in a process of its
// own, since a worker that slept would keep the jobs behind it waiting.
func (p *Publisher) attemptJob(j *job) {
	err := p.publishKey(j.key, j.version)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.jobs.done(j)
	} else if p.jobs.failed(j, p.cfg.Attempts) {
		pause := strategies.Backoff(j.failures, p.cfg.Backoff, longestRetry)
		p.clock.Go("publish again", func() { p.retryAfter(j, pause) })
	}
}

// retryAfter puts a failed job back into the line after a pause.
func (p *Publisher) retryAfter(j *job, pause time.Duration) {
	_ = p.clock.Sleep(context.Background(), pause)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs.enterLine(j)
	p.hireWorker()
}

// publishKey computes key and stores it, for a write of version; zero is of none. No request
// waits for it, so that a panic of the loader is an error here. It fails if the origin,
// which may be a replica that lags, still has an older version than was written: what was
// loaded is stored all the same, being newer than what is there, and the job tried again.
func (p *Publisher) publishKey(key string, version uint64) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &strategies.PanicError{Value: v, Stack: debug.Stack()}
			p.cfg.Runtime.Failed(key, err)
		}
	}()
	ctx := context.Background()
	e, err := p.engine.Load(ctx, key)
	if err != nil {
		return err
	}
	old := e.Version != 0 && e.Version < version
	if e.Version == 0 {
		e.Version = version // the load began after that write, so it is as new at least
	}
	// Two jobs of a key are never at work at once. Where the store cannot compare, only
	// a reader that computes inline can come between the look and the store.
	stored, err := p.engine.SaveNewer(ctx, key, e)
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

// Stats returns the counts so far.
func (p *Publisher) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.jobs.stats
}

// Age is how long the oldest job has waited for a worker: by how much, at
// least, the published values lag behind the origin.
func (p *Publisher) Age(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.jobs.age(now)
}

// Loads returns the counts of the loads made by the publisher, which are in no
// reader's [strategies.Stats].
func (p *Publisher) Loads() strategies.Stats { return p.engine.Stats() }

// Warm publishes keys, as many at once as there are workers, and returns when
// all are done. A failed load is counted (Failed) and not tried again. The
// error is the cause of ctx's cancellation.
func (p *Publisher) Warm(ctx context.Context, keys iter.Seq[string]) error {
	workers := &parallel{clock: p.clock, size: p.cfg.Workers, freed: p.clock.NewEvent("a place among the workers")}
	defer func() { _ = workers.wait(context.Background(), 0) }()
	for key := range keys {
		if err := workers.start(ctx, "warm", func() { p.warmKey(key) }); err != nil {
			return err
		}
	}
	return nil
}

func (p *Publisher) warmKey(key string) {
	if p.publishKey(key, 0) == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs.stats.Failed++
}
