package front

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
)

// httpCache is a program that keeps what boxes answered. What it does is its own affair; it is
// called with the mutex of the front held.
type httpCache interface {
	// look serves v from what is kept, sends it to a box, or has it wait for another's answer.
	look(v *Visit)

	// brought is a box's answer to v, or to nobody where the program asked by itself, and says what
	// the client gets.
	brought(v *Visit, a Answer) Answer

	// left is the client of v giving up, while v waits or is at a box, and reports whether the
	// program gives up, too.
	left(v *Visit) bool
}

// dropper is a program that drops a page when somebody has written to its address (RFC 9111,
// section 4.4). The others serve it to its end.
type dropper interface{ drop(name string) }

// newHTTPCache makes the program that a configuration names: a new one is a file beside
// nginx.go, a line here and a word of [Config].Cache. Nil is none.
func newHTTPCache(f *Front) httpCache {
	switch f.cfg.Cache {
	case UseNginx:
		return newNginx(f)
	case UseVarnish:
		return &varnish{f, make(pages), f.cfg.Varnish}
	case UseSquid:
		return &squid{f, make(pages), f.cfg.Squid}
	case UseHAProxy:
		return newHAProxy(f)
	}
	if f.cfg.Fallback.Lock {
		return newFallback(f)
	}
	return nil
}

// pages are those of an HTTP cache, by their names.
type pages map[string]*kept

// kept is a page of an HTTP cache. It begins to exist when somebody asks for it.
type kept struct {
	entry strategies.Entry
	has   bool
	until time.Time // it is fresh before that
	busy  bool      // somebody is at a box for it: nobody else need

	waiting []*Visit  // for that one's answer; those of nginx look by themselves
	locked  time.Time // nginx: when another may go all the same
	asked   int       // nginx: how often it was asked for
	marked  time.Time // Varnish: every request goes by itself before that (hit-for-miss)
	blocks  int       // HAProxy: of its memory
}

// keep puts a page in the place of what was there, whether or not that was fresher: answers that
// cross are kept in the order in which they come, by all these programs.
func (k *kept) keep(e strategies.Entry, until time.Time) { k.entry, k.has, k.until = e, true, until }

// of is the page of v, which is the visit's from the first question on.
func (p pages) of(v *Visit) *kept {
	if v.page == nil {
		if v.page = p[v.name]; v.page == nil {
			v.page = new(kept)
			p[v.name] = v.page
		}
		v.page.asked++
	}
	return v.page
}

// good reports whether a box has answered as it should.
func (a Answer) good() bool { return !a.Lost && !a.Outcome.Failed() }

// serve answers v with the page that is kept. A hit takes no time: that of a program on the way is
// a fraction of a millisecond, and the network's is in client.rtt.
func (f *Front) serve(v *Visit, o metrics.Outcome) {
	v.entry = v.page.entry
	f.answer(v, o)
}

// fetch sends v to a box, as one of however many go there for that page, for an answer that is to be kept.
func (f *Front) fetch(v *Visit) {
	v.stores, v.sent = true, f.clock.Now()
	f.forward(v)
}

// wait has v wait for whoever is at a box for its page, until it is woken.
func (f *Front) wait(v *Visit) {
	v.stage, v.waits = queued, f.clock.Now()
	v.page.waiting = append(v.page.waiting, v)
}

// wake has the first of those look again who wait for a page, at most so many. They are
// not called from here but by a timer: one that a box rejects at once wakes the others again, and
// a thousand of them would stand on one stack.
func (f *Front) wake(k *kept, most int) {
	n := min(most, len(k.waiting))
	for _, v := range k.waiting[:n] {
		f.after(v, 0, v.step)
	}
	k.waiting = k.waiting[n:]
}

// take empties the list of those who wait, before any of them is served: one may wait again.
func (k *kept) take() []*Visit {
	waiting := k.waiting
	k.waiting = nil
	return waiting
}

// behind is a request of the program's own for v's page, which no client waits for. It is a visit
// like others, so that what a box answers to it is kept by the same rules.
func (f *Front) behind(v *Visit) *Visit {
	b := f.newVisit(nil)
	b.holds, b.stage, b.name, b.page = false, atBox, v.name, v.page
	b.stores, b.sent = true, f.clock.Now()
	return b
}

// renew sends it to a box. There is no client that could leave, nor a connection that it holds.
func (f *Front) renew(v, behind *Visit) {
	done := func(a Answer) {
		f.cache.brought(behind, a)
		behind.ended = true
		f.recycle(behind)
	}
	if !v.attempt.Renew(func(a Answer) {
		f.mu.Lock()
		defer f.mu.Unlock()
		done(a)
	}) {
		done(Answer{Outcome: metrics.Rejected})
	}
}
