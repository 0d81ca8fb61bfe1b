package front

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Varnish is what a VCL says beside the built-in one, which follows it. What Varnish keeps for
// conditional requests (beresp.keep) is not modelled: boxes answer those in full.
type Varnish struct {
	Grace      time.Duration `yaml:"grace" default:"10s" min:"0s" doc:"how long an expired page is served while a request of Varnish's own renews it (beresp.grace, default_grace)"`
	HitForMiss time.Duration `yaml:"hit_for_miss" default:"2m" min:"0s" doc:"for how long requests for a page go to the boxes side by side after an answer that cannot be kept, which any failure is (the built-in VCL: 120 s). 0 leaves no such mark, as a VCL that returns before the built-in one: they go one after another"`
	Abandon    bool          `yaml:"abandon" default:"false" doc:"a failure in the background leaves no mark and the page in its grace, by a VCL: if (beresp.status >= 500 && bereq.is_bgfetch) { return (abandon); }"`
}

// rush is how many of those who wait a request wakes that ends: rush_exponent, which is 3, when its answer is
// no longer busy, and again when Varnish lets go of that and of the request (measured: 9).
const rush = 9

// varnish coalesces: of requests for a page that is not there one goes to a box, and the others
// are on the waiting list until it is back. An answer that cannot be kept serves only the one who
// brought it, so that without a mark the others go one after another (serialised misses).
//
// Who is on the list is woken a few at a time, by every request for the page that ends: after a hit
// that is all of them at once, for a hit ends at once and wakes others. With a mark it is a wave of
// loads, and a larger one when those have ended.
//
// A mark wins over a page in its grace: after one failure in the background all go to the boxes,
// though there is a page that could be served. Nothing that was begun ends because a client
// left, for a fetch is a thread of its own, and the waiting list does not look. As measured of
// Varnish 7.1.
type varnish struct {
	*Front
	pages
	cfg Varnish
}

// look is vcl_hash and what follows. The first who finds a page in its grace has it renewed, and
// is served it like the others.
func (c *varnish) look(v *Visit) {
	k, now := c.of(v), c.clock.Now()
	switch {
	// In the order in which HSH_Lookup chooses: what is fresh, a mark among it, before what is in
	// its grace, and that before a wait.
	case k.has && now.Before(k.until):
		c.serve(v, v.hit())
	case now.Before(k.marked):
		c.fetch(v)
	case k.has && now.Before(k.until.Add(c.cfg.Grace)):
		c.serve(v, metrics.StaleHit)
		if !k.busy {
			k.busy = true
			behind := c.behind(v)
			behind.fills = true
			c.renew(v, behind)
		}
	case k.busy:
		c.wait(v)
	default:
		k.busy, v.fills = true, true
		c.fetch(v)
	}
}

// brought keeps an answer exactly for its max-age, in place of a mark; or the mark, in place of
// nothing.
func (c *varnish) brought(v *Visit, a Answer) Answer {
	k, now := v.page, c.clock.Now()
	switch {
	case a.good() && c.Front.cfg.MaxAge > 0:
		k.keep(a.Entry, now.Add(c.Front.cfg.MaxAge))
		k.marked = time.Time{}
	case a.Lost: // no answer, no mark: those who wait go one after another
	case v.attempt == nil && c.cfg.Abandon && !a.good(): // as if it had not been asked for
	default:
		k.marked = now.Add(c.cfg.HitForMiss)
	}
	if v.fills {
		k.busy = false
	}
	if now.Before(k.until) {
		c.wake(k, len(k.waiting))
	} else {
		c.wake(k, rush)
	}
	return a
}

// left changes nothing: whoever waits goes to a box when its turn comes, with nobody to answer.
func (c *varnish) left(*Visit) bool { return false }
