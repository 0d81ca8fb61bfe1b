package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/workloads"
)

// errNoHost is a scenario with warmers in somebody else's program.
var errNoHost = errors.New("a program that is not the lab's warms its own cache: leave them out")

// errNotAhead is what a scenario that was checked cannot have.
var errNotAhead = errors.New("the strategy computes what is asked for and nothing else: leave them out")

// warmers are the jobs outside the boxes that compute values ahead of their
// readers while the traffic goes on. They have a way to cache and origin of their
// own, and what they load counts as the origin's loads.
type warmers struct {
	clock Clock
	jobs  []*warmer

	mu    sync.Mutex
	life  int // counts the times they were stopped
	down  int // faults that keep them so
	begun time.Time
	over  clock.Event // the traffic
	count metrics.WarmerStats

	longest time.Duration // run
}

// warmer is one of them.
type warmer struct {
	cfg     world.WarmerConfig
	keys    []string
	refresh func(ctx context.Context, key string) error
	running int // runs under way
}

// newWarmers has no warmers yet: they need a fleet, and its world needs to know whom
// a fault is to stop.
func newWarmers(clk Clock) *warmers {
	return &warmers{clock: clk, over: clk.NewEvent("the end of the traffic")}
}

// add makes the scenario's warmers, for a fleet that is installed.
func (w *warmers) add(sc *scenarios.Scenario, f *fleet, traffic *workloads.Workload, sizes *sizes) error {
	for i, cfg := range sc.Fleet.Warmers {
		class := slices.IndexFunc(sc.Workload, func(c workloads.Class) bool { return c.Class == cfg.Class })
		refresher, err := w.refresher(f, sc.CacheOf()[class], fmt.Sprintf("strategy/warmer%d", i))
		if err != nil {
			return fmt.Errorf("fleet.warmers: %w", err)
		}
		job := &warmer{cfg: cfg, refresh: refresher.Refresh}
		for it := range traffic.Population(class) {
			if len(job.keys) == cfg.Keys {
				break
			}
			sizes.noteSize(it.Key, it.Size)
			job.keys = append(job.keys, it.Key)
		}
		w.jobs = append(w.jobs, job)
	}
	return nil
}

// refresher is a strategy like those of the boxes for a named cache, on its own
// client of it.
func (w *warmers) refresher(f *fleet, name int, purpose string) (strategies.Refresher, error) {
	host, ok := f.world.(Host)
	if !ok {
		return nil, errNoHost
	}
	cache, err := host.Cache(name)
	if err != nil {
		return nil, err
	}
	s, err := f.caches[name].shared.Box(f.parts(cache, w.counted(host.Loader()), f.clock, purpose))
	if err != nil {
		return nil, err
	}
	refresher, ok := s.(strategies.Refresher)
	if !ok {
		return nil, errNotAhead
	}
	return refresher, nil
}

// errStopped is a load of a warmer that was stopped meanwhile.
var errStopped = errors.New("the warmer was stopped")

// counted counts the loads of the warmers, and loses the values of those that are
// stopped meanwhile.
func (w *warmers) counted(l strategies.Loader) strategies.Loader {
	return strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		w.mu.Lock()
		w.count.Computes++
		life := w.life
		w.mu.Unlock()
		v, err := l.Load(ctx, key)
		if !w.stillRuns(life) {
			return strategies.Value{}, errStopped
		}
		return v, err
	})
}

// begin starts them: their times count from now.
func (w *warmers) begin(now time.Time) {
	w.begun = now
	for _, job := range w.jobs {
		w.start(job, 0, job.cfg.From)
	}
}

// StopWarmers has all of them stop at an instant, and go on after a time unless that
// is zero.
func (w *warmers) StopWarmers(at, takes time.Duration) {
	w.clock.Go("warmer-stop", func() {
		if !w.waitUntil(at) {
			return
		}
		w.mu.Lock()
		w.life++
		w.down++
		w.mu.Unlock()
		if takes > 0 && w.waitUntil(at+takes) {
			w.resume(at + takes)
		}
	})
}

// resume starts them again, unless another fault keeps them stopped.
func (w *warmers) resume(at time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down--; w.down > 0 {
		return
	}
	for _, job := range w.jobs {
		w.start(job, w.life, job.cfg.Next(at))
	}
}

// start has a job served by a process of its own.
func (w *warmers) start(job *warmer, life int, first time.Duration) {
	w.clock.Go("warmer", func() { w.serve(job, life, first) })
}

// end stops them for good. Keys that are being computed are.
func (w *warmers) end() { w.over.Set() }

// waitUntil waits for an instant and reports whether the traffic still goes on.
func (w *warmers) waitUntil(at time.Duration) bool {
	return w.over.Wait(context.Background(), max(at-w.clock.Now().Sub(w.begun), 0)) != nil
}

// stillRuns reports whether nobody has stopped them since.
func (w *warmers) stillRuns(life int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.life == life
}

// serve has the job's runs done, the first one at an instant, until the job is
// stopped or the traffic ends.
func (w *warmers) serve(job *warmer, life int, first time.Duration) {
	for due := first; w.waitUntil(due) && w.stillRuns(life); due += job.cfg.Every {
		switch {
		case !w.mayStart(job):
		case job.cfg.Schedule == world.WarmerLoop:
			w.run(job, life)
			due = w.clock.Now().Sub(w.begun)
		default:
			w.clock.Go("warmer run", func() { w.run(job, life) })
		}
	}
}

// mayStart notes the beginning of a run, unless a lock keeps it from beginning.
func (w *warmers) mayStart(job *warmer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if job.running > 0 && job.cfg.Schedule == world.WarmerLock {
		w.count.Skipped++
		return false
	}
	job.running++
	w.count.Runs++
	w.count.AtOnce = max(w.count.AtOnce, int64(job.running))
	return true
}

// run computes every key once.
func (w *warmers) run(job *warmer, life int) {
	began := w.clock.Now()
	next := 0
	_ = atOnce(w.clock, "warmer hand", min(job.cfg.AtOnce, len(job.keys)), func(int) { w.workThrough(job, life, began, &next) })
	w.mu.Lock()
	defer w.mu.Unlock()
	job.running--
	w.longest = max(w.longest, w.clock.Now().Sub(began))
}

// workThrough computes one key after another, each not before its turn by the rate.
func (w *warmers) workThrough(job *warmer, life int, began time.Time, next *int) {
	for {
		w.mu.Lock()
		i := *next
		*next++
		w.mu.Unlock()
		if i >= len(job.keys) {
			return
		}
		at := began.Sub(w.begun)
		if job.cfg.Rate > 0 {
			at += time.Duration(float64(i) / job.cfg.Rate * 1e9)
		}
		if !w.waitUntil(at) || !w.stillRuns(life) {
			return
		}
		if err := job.refresh(context.Background(), job.keys[i]); err != nil && w.stillRuns(life) {
			w.mu.Lock()
			w.count.Failed++
			w.mu.Unlock()
		}
	}
}

// report adds what the warmers did.
func (w *warmers) report(run *metrics.Run) {
	if len(w.jobs) == 0 {
		return
	}
	run.Warmers = new(w.count)
	if w.count.Runs > 0 {
		run.Warmers.RunMaxMS = new(millis(w.longest))
	}
}
