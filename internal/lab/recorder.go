package lab

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
)

// recorder passes what happens in the world on to the summary.
//
// It needs no mutex of its own for the run: the clients call add under theirs, the origin
// calls LoadStarted and LoadEnded under its, and the two touch different parts
// of the summary; reads of the cache are counted by atomic numbers.
type recorder struct {
	summary *metrics.Summary
	started int64 // nanoseconds of the Unix epoch
	begun   atomic.Bool
	marks   marks

	mu        sync.Mutex // of what follows, until the run has begun
	warmLoads int64
	underWay  map[string]int // loads of the warm-up, by key
}

func newRecorder(sc *scenarios.Scenario, wall bool, rank func(key string) int) *recorder {
	cfg := summaryConfig(sc)
	cfg.Wall, cfg.Rank = wall, rank
	return &recorder{summary: metrics.NewSummary(cfg), underWay: make(map[string]int), marks: marks{duration: sc.Duration}}
}

func summaryConfig(sc *scenarios.Scenario) metrics.Config {
	cfg := metrics.Config{Duration: sc.Duration, Window: sc.Window, Timeout: sc.Client.Timeout}
	for _, c := range sc.Workload {
		cfg.Classes = append(cfg.Classes, metrics.ClassInfo{Name: c.Class, Bystander: c.Bystander(), PastCache: c.Cache == world.NoCache})
	}
	for _, p := range sc.Phases {
		cfg.Phases = append(cfg.Phases, metrics.Phase{Name: p.Name, From: p.From, To: p.To, WarmUp: p.WarmUp})
	}
	return cfg
}

// begin starts the time that figures count from. What was before is warm-up; of that, a
// load whose caller has given up may still be under way.
func (r *recorder) begin(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = now.UnixNano()
	for key, loads := range r.underWay { // in any order: they are counted
		for range loads {
			r.summary.LoadUnderWay(key)
		}
	}
	r.underWay = nil
	r.begun.Store(true)
}

// warming notes one more load of the warm-up under way, or one fewer; false is that the
// run has begun.
func (r *recorder) warming(key string, more int) bool {
	if r.begun.Load() {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.begun.Load() { // meanwhile
		return false
	}
	if more > 0 {
		r.warmLoads++
	}
	if r.underWay[key] += more; r.underWay[key] == 0 {
		delete(r.underWay, key)
	}
	return true
}

// loading reports whether a load of key is under way in the warm-up.
func (r *recorder) loading(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.underWay[key] > 0
}

// since is the time of the run. It is asked for at every read of the cache, where
// time.Time.Sub, which looks after overflows, would be dear.
func (r *recorder) since(at time.Time) time.Duration { return time.Duration(at.UnixNano() - r.started) }

// LoadStarted notes a load of the origin.
func (r *recorder) LoadStarted(key string, at time.Time) {
	if !r.warming(key, 1) {
		r.summary.LoadStarted(key, r.since(at))
	}
}

// CacheRead notes a read of the shared cache, from any process.
func (r *recorder) CacheRead(at time.Time) {
	if r.begun.Load() {
		r.summary.CacheRead(r.since(at))
	}
}

// Mark notes what the fleet does by itself, from any process.
func (r *recorder) Mark(at time.Time, label string) {
	if r.begun.Load() {
		r.marks.add(r.since(at), label)
	}
}

// LoadEnded notes its end.
func (r *recorder) LoadEnded(key string, at time.Time) {
	if !r.warming(key, -1) {
		r.summary.LoadEnded(key, r.since(at))
	}
}
