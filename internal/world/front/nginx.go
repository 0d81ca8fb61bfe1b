package front

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
)

// The rules are those of nginx's ngx_http_file_cache.c, with their holes: the lock
// merges only requests for a page that is not there, an answer that came after
// lock_timeout is not kept, and where there is no grace an expired page sends everybody
// to the boxes.

// kept is a page in the fallback's own cache, which begins to exist when somebody
// goes to a box for it.
type kept struct {
	entry  strategies.Entry
	has    bool
	until  time.Time // it is served to all
	filled bool      // somebody is at a box for it: nobody else need
	locked time.Time // when another may go all the same
}

// fill is what a visit does for the fallback's cache.
type fill struct {
	page   *kept // nil: none of its business
	waits  time.Time
	old    bool // there is a page that may be served if no other can be had: v.entry
	stores bool // its answer is kept
	fills  bool // others wait for it
	locked time.Time
}

// fallBack goes to a box, or has somebody else's answer where that will do. Without a
// lock there is no such cache, and all go.
func (f *Front) fallBack(v *Visit) {
	if f.kept == nil {
		f.forward(v)
		return
	}
	k := f.kept[v.name]
	if k == nil {
		k = new(kept)
		f.kept[v.name] = k
	}
	v.page = k
	f.look(v)
}

// look is one look into the fallback's cache. The lock is consulted for a page
// that is not there; for one that is too old there is only the grace.
func (f *Front) look(v *Visit) {
	k, now := v.page, f.clock.Now()
	waited := !v.waits.IsZero()
	switch {
	case k.has && now.Before(k.until):
		v.entry = k.entry
		if waited {
			f.answer(v, metrics.Coalesced)
		} else {
			f.answer(v, metrics.FreshHit)
		}
	case k.has && k.filled && now.Before(k.until.Add(f.cfg.Fallback.Grace)):
		v.entry = k.entry
		f.answer(v, metrics.StaleHit)
	case k.has:
		v.stores = true
		if v.old = now.Before(k.until.Add(f.cfg.Fallback.Grace)); v.old {
			v.entry = k.entry
		}
		if !k.filled {
			f.take(v, now)
		}
		f.forward(v)
	case waited && !now.Before(v.waits): // enough
		f.forward(v)
	case !k.filled || !now.Before(k.locked):
		f.take(v, now)
		v.stores = true
		f.forward(v)
	default:
		f.queue(v, now)
	}
}

// take makes v the one whom the others wait for, or for lock_age at most: a box may
// never answer.
func (f *Front) take(v *Visit, now time.Time) {
	v.fills, v.page.filled = true, true
	v.page.locked = now.Add(f.cfg.Fallback.LockAge)
	v.locked = v.page.locked
}

// queue has v wait until the next look. Those that wait are not told when the answer is
// there: they look every 500 ms, which is what a hit after a wait costs at most.
func (f *Front) queue(v *Visit, now time.Time) {
	v.stage = queued
	if v.waits.IsZero() {
		v.waits = now.Add(f.cfg.Fallback.LockTimeout)
	}
	f.after(v, min(v.waits.Sub(now), v.page.locked.Sub(now), lockLook), v.step)
}

// rescued has an old page in its grace take the place of a failure, as nginx does with
// proxy_cache_use_stale and the statuses of failures.
func (v *Visit) rescued(a Answer) Answer {
	if v.old && !a.Lost && a.Outcome.Failed() {
		return Answer{Outcome: metrics.StaleHit, Entry: v.entry}
	}
	return a
}

// filled notes what a visit brought from a box. A failure is not kept: the next one
// goes, and the others go on waiting for that.
func (f *Front) filled(v *Visit, a Answer) {
	k := v.page
	if k == nil || v.stage != atBox {
		return
	}
	switch {
	case v.stores && !a.Lost && !a.Outcome.Failed():
		*k = kept{entry: a.Entry, has: true, until: f.clock.Now().Add(f.cfg.Fallback.Keep)}
	case v.fills && k.locked.Equal(v.locked): // it brought nothing, and nobody has gone in its place
		k.filled = false
	}
}
