package live

import (
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/herdlab/herdlab/internal/world"
)

// seqHeader is where vegeta writes the number of a hit.
const seqHeader = "X-Vegeta-Seq"

// plan is the traffic as vegeta's Pacer and Targeter: hit n is due at the
// instant of request n.
type plan struct {
	requests []world.Request
	begin    func(now time.Time)
	stopped  <-chan struct{}
}

var _ vegeta.Pacer = (*plan)(nil)

// longestSleep is for how long vegeta may sleep, which it does deaf to Stop.
const longestSleep = 50 * time.Millisecond

// Pace says how long to wait for the next hit, and whether there is none. The
// run's time begins with the first question. The greater part of a long wait is
// waited here, where a stop is heard.
func (p *plan) Pace(elapsed time.Duration, hits uint64) (wait time.Duration, stop bool) {
	if p.begin != nil {
		p.begin(time.Now().Add(-elapsed))
		p.begin = nil
	}
	if hits >= uint64(len(p.requests)) {
		return 0, true
	}
	wait = p.requests[hits].At - elapsed
	if wait <= longestSleep {
		return wait, false
	}
	timer := time.NewTimer(wait - longestSleep)
	defer timer.Stop()
	asked := time.Now()
	select {
	case <-timer.C:
		return wait - time.Since(asked), false
	case <-p.stopped:
		return 0, true
	}
}

// Rate is the mean rate of the plan, in hits a second.
func (p *plan) Rate(time.Duration) float64 {
	if n := len(p.requests); n > 0 && p.requests[n-1].At > 0 {
		return float64(n) / p.requests[n-1].At.Seconds()
	}
	return 0
}

// target is the same for all: vegeta numbers a hit before it asks for its
// target, so that under concurrency the two would not belong together. The
// number comes back in a header.
func (p *plan) target(t *vegeta.Target) error {
	t.Method, t.URL = http.MethodGet, "http://herdlab/"
	return nil
}
