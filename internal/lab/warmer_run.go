package lab

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/clock"
)

// warmerCount is what the warmers did.
type warmerCount struct {
	runs, skipped, computes, failed int64
	atOnce                          int           // most runs of one warmer at once
	longest                         time.Duration // run
}

// serve has the job's runs done, the first one at an instant, until the job is
// stopped or the traffic ends.
func (w *warmerJobs) serve(job *warmer, life int, first time.Duration) {
	for due := first; w.until(due) && w.lives(life); due += job.cfg.Every {
		switch {
		case !w.starts(job):
		case job.cfg.Schedule == world.WarmerLoop:
			w.run(job, life)
			due = w.clock.Now().Sub(w.begun)
		default:
			w.clock.Go("warmer run", func() { w.run(job, life) })
		}
	}
}

// starts notes the beginning of a run, unless a lock keeps it from beginning.
func (w *warmerJobs) starts(job *warmer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if job.running > 0 && job.cfg.Schedule == world.WarmerLock {
		w.count.skipped++
		return false
	}
	job.running++
	w.count.runs++
	w.count.atOnce = max(w.count.atOnce, job.running)
	return true
}

// run computes every key once.
func (w *warmerJobs) run(job *warmer, life int) {
	began := w.clock.Now()
	next, left := 0, min(job.cfg.AtOnce, len(job.keys))
	ended := w.clock.NewEvent("the end of a warmer's run")
	for range left {
		w.clock.Go("warmer hand", func() {
			w.hand(job, life, began, &next)
			w.mu.Lock()
			defer w.mu.Unlock()
			if left--; left == 0 {
				ended.Set()
			}
		})
	}
	_ = ended.Wait(context.Background(), clock.Forever)
	w.mu.Lock()
	defer w.mu.Unlock()
	job.running--
	w.count.longest = max(w.count.longest, w.clock.Now().Sub(began))
}

// hand computes one key after another, each not before its turn by the rate.
func (w *warmerJobs) hand(job *warmer, life int, began time.Time, next *int) {
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
		if !w.until(at) || !w.lives(life) {
			return
		}
		if err := job.refresh(context.Background(), job.keys[i]); err != nil && w.lives(life) {
			w.mu.Lock()
			w.count.failed++
			w.mu.Unlock()
		}
	}
}

// fill adds what the warmers did.
func (w *warmerJobs) fill(run *metrics.Run) {
	if len(w.jobs) == 0 {
		return
	}
	n := w.count
	run.Warmers = &metrics.WarmerStats{
		Runs: n.runs, Skipped: n.skipped, Computes: n.computes, Failed: n.failed, AtOnce: int64(n.atOnce),
	}
	if n.runs > 0 {
		longest := millis(n.longest)
		run.Warmers.RunMaxMS = &longest
	}
}
