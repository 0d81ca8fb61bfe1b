// Package front is the modelled web server before the boxes: nginx that asks memcached
// for a page by itself (memcached_pass), goes to a box where there is none, and may
// merge the requests that go there (proxy_cache with proxy_cache_lock); or an HTTP cache that
// has pages of its own, nginx's proxy_cache, Varnish, Squid or HAProxy, a file each. [Site] is
// what it and the application agree on: under which name a page is kept, and which are
// kept at all.
//
// The semantics are those of the programs, from their documentation, from their sources where a
// file says so, and from asking them. internal/live/front runs the real ones, and tests of
// internal/live hold them and the model together.
package front

import (
	"fmt"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Attempt is a request on its way through a front.
type Attempt interface {
	// Asked is what is wanted: the page, as [PageOf] names it or by its key alone; by
	// whom (0 is nobody); and whether it is a write.
	Asked() (page string, user int, write bool)

	// Forward hands it to a box, and reports false where no box takes it. The box's
	// answer is not the front's to give: whoever gets it calls [Front.Ended].
	Forward() bool

	// Renew hands the same question to a box for the front's own sake, and reports false
	// where no box takes it. Done hears the box's answer, and no client does.
	Renew(done func(Answer)) bool

	// Answer ends it with what the front itself says. Ended is called for it too.
	Answer(Answer)
}

// Answer is how a request ends.
type Answer struct {
	Outcome metrics.Outcome
	Entry   strategies.Entry // what is served; zero without
	Lost    bool             // the box crashed: it is no answer
}

// outcome is that of a request that gets this answer.
func (a Answer) outcome() metrics.Outcome {
	if a.Lost {
		return metrics.Rejected
	}
	return a.Outcome
}

// Clock is what a front needs of time: nobody waits there, so that callbacks do.
type Clock interface {
	clock.Clock
	AfterFunc(d time.Duration, call func())
}

// Front is a web server: it asks the cache for a page by itself, or has it, and asks a box
// where there is none, or no answer. No process belongs to a request there, only
// connections, so it holds many; but it holds them for as long as it waits.
type Front struct {
	clock Clock
	cfg   Config
	site  *Site
	line  *tier.Line // to the cache; nil where the pages are the front's own
	cache httpCache  // of its own; nil without
	pairs int        // of connections in all

	mu      sync.Mutex
	free    int      // connections, in pairs: a request needs two
	hanging []*Visit // wait for a cache that does not answer; those that do no more, too
	spare   []*Visit
	refused int64 // requests that found no connection

	held *gauge.Gauge // of the pairs that are taken
}

// unlimited is the connections of a program whose limit nobody meets.
const unlimited = 1 << 30

// New returns a front: before the first node of a tier, unless it is an HTTP cache.
func New(clk Clock, cfg Config, site *Site, t *tier.Tier) *Front {
	f := &Front{clock: clk, cfg: cfg, site: site, pairs: cfg.Connections / 2}
	if cfg.HTTPCache() && cfg.Cache != UseNginx {
		f.pairs = unlimited
	}
	f.free = f.pairs
	f.cache = newHTTPCache(f)
	if !cfg.HTTPCache() {
		f.line = t.Line("", f.nodeChanged)
	}
	return f
}

// Watch has a gauge of a board hear of the connections.
func (f *Front) Watch(on *gauge.Board) {
	if f.pairs < unlimited {
		f.held = on.Add(metrics.Connections, metrics.Connections, f.pairs, &f.mu)
	}
}

// Submit takes a request, and reports false where no connection is free. Nothing is
// answered before it returns.
func (f *Front) Submit(a Attempt) (*Visit, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.free == 0 {
		f.refused++
		return nil, false
	}
	f.free--
	f.held.Add(f.clock.Now().UnixNano(), 1)
	v := f.newVisit(a)
	page, user, write := a.Asked()
	key, _ := splitPage(page)
	switch {
	case key == "", !f.site.Asks(user), write && f.line != nil && f.cfg.Posts == "pass":
		f.forward(v)
	// An HTTP cache passes a write on and keeps nothing of its answer.
	case write && f.line == nil:
		v.name, v.writes = f.site.address(key, user), true
		f.forward(v)
	case write:
		f.answer(v, metrics.NotAllowed)
	case f.line == nil:
		v.name = f.site.address(key, user)
		f.cache.look(v)
	default:
		v.name = f.site.askedName(key, user)
		f.ask(v)
	}
	return v, true
}

// newVisit takes a visit from those that are spare. Its callbacks are closures over the
// visit, made once for all of its uses.
func (f *Front) newVisit(a Attempt) *Visit {
	var v *Visit
	if n := len(f.spare); n > 0 {
		v, f.spare = f.spare[n-1], f.spare[:n-1]
	} else {
		v = new(Visit)
		v.step, v.expire = func() { f.onTimer(v, f.next) }, func() { f.onTimer(v, f.expired) }
	}
	*v = Visit{attempt: a, holds: true, step: v.step, expire: v.expire}
	return v
}

// forward hands a request to a box.
func (f *Front) forward(v *Visit) {
	v.stage = atBox
	if !v.attempt.Forward() {
		a := f.brought(v, Answer{Outcome: metrics.Rejected})
		v.entry = a.Entry
		f.answer(v, a.Outcome)
	}
}

// brought is what a box answered to v, as the client gets it.
func (f *Front) brought(v *Visit, a Answer) Answer {
	switch {
	case v.stage != atBox:
	case v.page != nil:
		return f.cache.brought(v, a)
	case v.writes && a.good():
		if c, ok := f.cache.(dropper); ok {
			c.drop(v.name)
		}
	}
	return a
}

// fallBack goes to a box, or to the cache of the boxes' answers where there is one.
func (f *Front) fallBack(v *Visit) {
	if f.cache == nil {
		f.forward(v)
		return
	}
	f.cache.look(v)
}

// answer ends v with what the front itself has to say, at once but not from
// within Submit.
func (f *Front) answer(v *Visit, o metrics.Outcome) {
	v.stage, v.outcome = answering, o
	f.after(v, 0, v.step)
}

// after has call made once d has passed.
func (f *Front) after(v *Visit, d time.Duration, call func()) {
	v.timers++
	f.clock.AfterFunc(d, call)
}

// ask sends v's question to the cache.
func (f *Front) ask(v *Visit) { f.await(v, f.line.Ask(v.name)) }

// await has v wait for what the cache says.
func (f *Front) await(v *Visit, said tier.Answer) {
	v.stage, v.said, v.entry = asking, said, said.Entry
	if v.said.Hangs || v.said.Wait > f.cfg.Timeout {
		f.hang(v)
		return
	}
	f.after(v, v.said.Wait, v.step)
}

// hang has v wait for an answer until the time-out. Nobody else is held up by it, but
// its two connections are: a cache that hangs eats the front's connections at the rate
// of the traffic, until there are none.
func (f *Front) hang(v *Visit) {
	v.stage = hanging
	f.hanging = append(f.hanging, v)
	f.after(v, f.cfg.Timeout, v.expire)
}

// onTimer goes on with v when a timer of it has run out, by what is then to be done. It
// answers without the mutex: who hears the answer comes back with Ended.
func (f *Front) onTimer(v *Visit, goOn func(*Visit) (answer bool)) {
	f.mu.Lock()
	answer := false
	if v.timers--; !v.ended {
		answer = goOn(v)
	} else {
		f.recycle(v)
	}
	f.mu.Unlock()
	if answer {
		v.attempt.Answer(v.answered())
	}
}

// next is what comes after a wait. It reports whether v is to be answered.
func (f *Front) next(v *Visit) (answer bool) {
	switch {
	case v.stage == answering || v.left:
		return true
	case v.stage == asking:
		return f.heard(v)
	case v.stage == queued:
		f.cache.look(v)
	}
	return false
}

// heard is the cache's answer: a page, which is given back; 404 for a miss; or
// 502 where the node refused or broke the connection.
func (f *Front) heard(v *Visit) (answer bool) {
	if !f.line.Refused(v.said) && v.said.Found {
		v.outcome = metrics.FreshHit
		return true
	}
	f.fallBack(v)
	return false
}

// expired is the time-out of a question, a 504, if it still hangs. The timer of one that
// was answered in time runs to its end as well, and then has nothing to do.
func (f *Front) expired(v *Visit) (answer bool) {
	switch {
	case v.stage != hanging:
	case v.left:
		answer = true
	default:
		f.line.TimedOut(v.said)
		f.fallBack(v)
	}
	for len(f.hanging) > 0 && f.hanging[0].stage != hanging {
		f.hanging = f.hanging[1:]
	}
	return answer
}

// nodeChanged is told when the node goes on, and answers what it was asked, or
// dies, so that the questions that hang are asked again.
func (f *Front) nodeChanged() {
	f.mu.Lock()
	defer f.mu.Unlock()
	waiting := f.hanging
	f.hanging = nil
	for _, v := range waiting {
		if v.stage == hanging && !v.ended && !v.left {
			f.await(v, f.line.Again(v.said, v.name))
		}
	}
}

// Leave is a client that gives up: its connections are free again. Where the answer
// is for others, too, the front goes on waiting for it, and reports false. V may be nil.
func (f *Front) Leave(v *Visit) (leaves bool) {
	if v == nil {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if v.page != nil && (v.stage == queued || v.stage == atBox) {
		return f.cache.left(v)
	}
	v.left = true
	f.release(v)
	return true
}

// Ended is told how a visit ended, by the front's own answer or by a box's, and says
// what its client gets: that, or an old page in place of a failure. V may be nil, and
// is not to be used any more.
func (f *Front) Ended(v *Visit, a Answer) Answer {
	if v == nil {
		return a
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	a = f.brought(v, a)
	f.release(v)
	v.attempt, v.ended = nil, true
	f.recycle(v)
	return a
}

// release frees the connections of a visit, once.
func (f *Front) release(v *Visit) {
	if v.holds {
		v.holds = false
		f.free++
		f.held.Add(f.clock.Now().UnixNano(), -1)
	}
}

// recycle makes a visit spare, unless a timer has yet to find out that it has ended.
func (f *Front) recycle(v *Visit) {
	if v.timers == 0 {
		f.spare = append(f.spare, v)
	}
}

// Laws is the law that is broken, of those that hold between any two events: a connection is free or a visit's, and at the end
// all are free.
func (f *Front) Laws(ended bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch all := f.pairs; {
	case f.free < 0 || f.free > all:
		return fmt.Errorf("front: %d of %d pairs of connections are free", f.free, all)
	case ended && f.free < all:
		return fmt.Errorf("front: %d pairs of connections are held, and the run has ended", all-f.free)
	}
	return nil
}

// CacheSessions has the pages of those who are signed in cached, whatever the
// configuration says, or not any more.
func (f *Front) CacheSessions(mistake bool) error {
	f.site.CacheSessions(mistake)
	return nil
}

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
func (c Config) ExhaustedNote(requests int64) string {
	return fmt.Sprintf("the front had no connection left for %d requests: %d connections are not enough", requests, c.Connections)
}
