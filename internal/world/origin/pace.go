package origin

import (
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// pace is an origin's own time, which stands still while the origin hangs: what waits or
// runs there is no further afterwards, and nothing is lost. All that is planned at the
// origin is planned in it, so that a hang moves all of it and nothing has to be planned
// anew. It is in nanoseconds, and as the clock has it until the first hang.
type pace struct {
	since int64       // the origin hangs, by the clock
	goes  clock.Event // it goes on; nil while it goes
	stops []stop      // that are over
}

// stop is a hang: at an instant of the origin's time, for so long of the clock's.
type stop struct{ at, takes int64 }

// own is the origin's time at an instant of the clock.
func (p *pace) own(now int64) int64 {
	if p.goes != nil {
		now = p.since
	}
	for _, s := range p.stops {
		now -= s.takes
	}
	return now
}

// real is the instant of the clock at which the origin's time was so late: where it
// stands, when it goes on.
func (p *pace) real(own int64) time.Time {
	at := own
	for _, s := range p.stops {
		if s.at <= own {
			at += s.takes
		}
	}
	return time.Unix(0, at)
}

// hang has the origin stand still from now on, or go on. Whoever waits for that is to be
// woken by what it returns, which is nil where nothing changes.
func (p *pace) hang(clk clock.Clock, hangs bool) (wake func()) {
	now := clk.Now().UnixNano()
	switch {
	case hangs && p.goes == nil:
		p.since, p.goes = now, clk.NewEvent("the origin that hangs")
	case !hangs && p.goes != nil:
		goes := p.goes
		p.stops = append(p.stops, stop{p.own(now), now - p.since})
		p.goes = nil
		return goes.Set
	}
	return nil
}
