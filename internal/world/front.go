package world

import (
	"fmt"
	"sync"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// Front is the web server of [FrontConfig]: it asks the cache for a page by
// itself, and a box where there is none, or no answer. No process belongs to a
// request there, only connections, so it holds many; but it holds them for as long
// as it waits.
type Front struct {
	clock    Clock
	cfg      FrontConfig
	site     *Site
	line     *tier.Line // to the cache
	balancer *Balancer

	mu      sync.Mutex
	free    int              // connections, in pairs: a request needs two
	hanging []*visit         // wait for a cache that does not answer; those that do no more, too
	kept    map[string]*kept // of the fallback; nil without
	spare   []*visit
	refused int64 // requests that found no connection
}

// visit is a request at the front. It is used again when it has ended and no
// timer of it is left.
type visit struct {
	job    *Job
	name   string // of the page
	stage  stage
	timers int
	holds  bool // its connections
	left   bool // its client gave up
	ended  bool

	answer  tier.Answer      // of the cache
	entry   strategies.Entry // of the page that is served
	outcome metrics.Outcome  // of what the front answers

	fill // what it does for the fallback's cache

	step, expire func()
}

// stage is what a visit waits for.
type stage uint8

const (
	asking    stage = iota // the cache's answer, which is under way
	hanging                // an answer that may never come
	queued                 // another's answer from a box
	atBox                  // a box
	answering              // nothing: it is to be answered
)

// NewFront returns a front before the node of a tier and the boxes of a balancer.
func NewFront(clk Clock, cfg FrontConfig, site *Site, t *tier.Tier, b *Balancer) *Front {
	f := &Front{clock: clk, cfg: cfg, site: site, balancer: b, free: cfg.Connections / 2}
	if cfg.Fallback.Lock {
		f.kept = make(map[string]*kept)
	}
	f.line = t.Line("", f.nodeChanged)
	return f
}

// Submit takes a job, and reports false, without calling Done, where no connection
// is free.
func (f *Front) Submit(j *Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.free == 0 {
		f.refused++
		return false
	}
	f.free--
	v := f.visit(j)
	key, _ := splitPage(j.Key)
	switch {
	case key == "", !f.site.Asks(j.User), j.Write && f.cfg.Posts == "pass":
		f.pass(v)
	case j.Write:
		f.answer(v, metrics.NotAllowed)
	default:
		v.name = f.site.asked(key, j.User)
		f.ask(v)
	}
	return true
}

func (f *Front) visit(j *Job) *visit {
	var v *visit
	if n := len(f.spare); n > 0 {
		v, f.spare = f.spare[n-1], f.spare[:n-1]
	} else {
		v = new(visit)
		v.step, v.expire = func() { f.onStep(v) }, func() { f.onExpire(v) }
	}
	*v = visit{job: j, holds: true, step: v.step, expire: v.expire}
	j.visit = v
	return v
}

// pass hands the job to a box.
func (f *Front) pass(v *visit) {
	v.stage = atBox
	box := f.balancer.Pick(v.job.Key)
	if box == nil || !box.Submit(v.job) {
		f.answer(v, metrics.Rejected)
	}
}

// answer ends v with what the front itself has to say, at once but not from
// within Submit.
func (f *Front) answer(v *visit, o metrics.Outcome) {
	v.stage, v.outcome = answering, o
	f.after(v, 0, v.step)
}

// onStep goes on with v after a wait.
func (f *Front) onStep(v *visit) {
	if j := f.next(v); j != nil {
		j.Done(j)
	}
}

// next is what comes after a wait. It gives back a job that is answered: Done must
// not be called under the mutex.
func (f *Front) next(v *visit) *Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	v.timers--
	switch {
	case v.ended:
		f.recycle(v)
		return nil
	case v.stage == answering || v.left:
		return v.answered()
	case v.stage == asking:
		return f.heard(v)
	case v.stage == queued:
		f.look(v)
	}
	return nil
}

// answered writes the answer into the job.
func (v *visit) answered() *Job {
	v.stage = answering
	j := v.job
	j.Outcome, j.Stored, j.Version, j.Data = v.outcome, 0, 0, nil
	if !j.Outcome.Failed() {
		j.Stored, j.Version, j.Data = v.entry.Stored, v.entry.Version, v.entry.Data
	}
	return j
}

// Leave is a client who gives up: his connections are free again. Where the answer
// is for others, too, the front goes on waiting for it.
func (f *Front) Leave(j *Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if v := j.visit; v != nil {
		v.left = true
		if !v.fills {
			f.release(v)
		}
	}
}

// Ended is told of the end of a job, by the front or by a box.
func (f *Front) Ended(j *Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := j.visit
	if v == nil {
		return
	}
	j.visit = nil
	f.filled(v)
	v.rescue(j)
	f.release(v)
	v.job, v.ended = nil, true
	f.recycle(v)
}

func (f *Front) release(v *visit) {
	if v.holds {
		v.holds = false
		f.free++
	}
}

func (f *Front) recycle(v *visit) {
	if v.timers == 0 {
		f.spare = append(f.spare, v)
	}
}

// CacheSessions has the pages of those who are signed in cached, or not any more.
func (f *Front) CacheSessions(cached bool) error { f.site.CacheSessions(cached); return nil }

// Notes are what an operator would have seen in its log.
func (f *Front) Notes() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refused == 0 {
		return nil
	}
	return []string{f.cfg.ExhaustedNote(f.refused)}
}

// ExhaustedNote says that so many requests found no connection.
func (c FrontConfig) ExhaustedNote(requests int64) string {
	return fmt.Sprintf("the front had no connection left for %d requests: %d connections are not enough", requests, c.Connections)
}
