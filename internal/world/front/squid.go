package front

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
)

// Squid is an accelerator before the boxes (http_port accel).
type Squid struct {
	Collapse bool `yaml:"collapsed_forwarding" default:"false" doc:"of requests for a page that is not there or has expired one goes to a box, and the others wait for it"`
}

// squid has no lock unless it collapses requests. An expired page is served if a box fails, however
// old it is (max_stale is a week), with any refresh_pattern, as the file that comes with Squid has.
//
// Whoever waited for an answer that cannot be kept goes by itself. Whoever waited for a failure where
// there is no page asks once more, again collapsed, and gets that answer, whatever it is. A client that
// leaves ends its fetch if nobody else waits for it (quick_abort). As measured of Squid 5.7.
type squid struct {
	*Front
	pages
	cfg Squid
}

// look collapses what is not fresh, whether it is there or not: unlike nginx's lock that of Squid
// holds for what has expired.
func (c *squid) look(v *Visit) {
	k := c.of(v)
	switch {
	case k.has && c.clock.Now().Before(k.until):
		c.serve(v, v.hit())
	case !c.cfg.Collapse || v.alone:
		v.old = k.has
		c.fetch(v)
	case k.busy:
		c.wait(v)
	default:
		k.busy, v.fills, v.again = true, true, k.has || v.waited()
		v.old = k.has
		c.fetch(v)
	}
}

// brought keeps an answer, and has those go on who wait for it. Its life counts from the second
// in its Date, less the whole seconds that the box took: a life of 5 s is one of 4 to 5 s, and
// less where boxes are slow (StoreEntry::timestampsSet).
func (c *squid) brought(v *Visit, a Answer) Answer {
	k, now := v.page, c.clock.Now()
	keeps := a.good() && c.Front.cfg.MaxAge > 0
	old := v.old && !a.good() // takes the place of a failure
	if old {
		a = Answer{Outcome: metrics.StaleHit, Entry: k.entry}
	}
	if keeps && v.stores {
		k.keep(a.Entry, strategies.WholeSeconds.Ends(now, c.Front.cfg.MaxAge-now.Sub(v.sent).Truncate(time.Second)))
	}
	if !v.fills {
		return a
	}
	// Those who wait hear of it at once, and what becomes of them depends on what it is.
	k.busy = false
	for _, w := range k.take() {
		switch {
		case old:
			c.serve(w, metrics.StaleHit)
		case keeps: // even where its life is over already: it was asked for before
			w.entry = a.Entry
			c.answer(w, metrics.Coalesced)
		case !a.good() && v.again:
			c.answer(w, a.outcome())
		default:
			w.alone = a.good()
			c.after(w, 0, w.step)
		}
	}
	return a
}

// left ends a fetch that is for nobody else. The box is not told and goes on, and what it answers
// is not read.
func (c *squid) left(v *Visit) bool {
	v.left = true
	if v.stage == atBox && len(v.page.waiting) == 0 {
		v.page.busy = v.page.busy && !v.fills
		v.stores, v.fills = false, false
	}
	c.release(v)
	return !v.fills
}

// drop is a write.
func (c *squid) drop(name string) {
	if k := c.pages[name]; k != nil {
		k.has = false
	}
}
