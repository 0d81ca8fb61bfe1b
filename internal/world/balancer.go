package world

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/world/ring"
)

// Balancer spreads jobs over the boxes that its health check finds healthy. It
// never forwards a job a second time: a box that is full rejects it.
type Balancer struct {
	clock Clock
	cfg   BalancerConfig
	boxes []*Box
	gate  *gate // nil unless there will be a readmission

	// round is the turn of the policy where no box is ever out. It is the one thing
	// that a request changes there, and so needs no mutex.
	round atomic.Uint64

	mu        sync.Mutex
	rng       *rand.Rand
	healthy   []*Box    // in the order of their numbers
	turn      int       // of the policy, where boxes can be out
	owners    ring.Ring // of keys, by healthy boxes; nil until it is asked
	checks    []check
	ejections int
	notes     []string

	mark func(at time.Time, label string) // nil where nobody asks
}

// check is what the health check remembers of a box.
type check struct {
	busy   time.Duration // CPU time asked of it until the last look
	backAt time.Time     // when an ejected box is taken back; zero is one that is in
}

// NewBalancer returns a balancer that finds every box healthy. Start begins the
// health check.
func NewBalancer(clk Clock, cfg BalancerConfig, boxes []*Box, rng *rand.Rand) *Balancer {
	return &Balancer{clock: clk, cfg: cfg, boxes: boxes, rng: rng, healthy: boxes, checks: make([]check, len(boxes))}
}

// Chooses is whether it takes more than turns to pick a box, so that whoever sends
// requests has to ask.
func (b *Balancer) Chooses() bool { return b.gate != nil || !b.takesTurns() }

// takesTurns is whether all boxes take turns: no health check ever takes one out.
func (b *Balancer) takesTurns() bool { return b.cfg.Check == 0 && b.cfg.Policy == "round-robin" }

// Pick is the box for the next job, which asks for key, or nil where all are
// ejected or the job is not let in.
func (b *Balancer) Pick(key string) *Box {
	if b.gate != nil && !b.gate.admits() {
		return nil
	}
	if b.takesTurns() {
		return b.boxes[b.round.Add(1)%uint64(len(b.boxes))]
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch n := len(b.healthy); {
	case n == 0:
		return nil
	case b.cfg.Policy == "random":
		return b.healthy[b.rng.IntN(n)]
	case b.cfg.Policy == "least-busy":
		return b.leastBusy()
	case b.cfg.Policy == "by-key":
		return b.byKey(key)
	case b.cfg.Policy == "round-robin", b.cfg.Policy == "":
		b.turn++
		return b.healthy[b.turn%n]
	}
	panic("world: the balancer has no policy " + b.cfg.Policy)
}

// leastBusy is the box with the fewest jobs. Ties go round: else the first box would
// get all requests of an idle fleet.
func (b *Balancer) leastBusy() *Box {
	b.turn++
	var best *Box
	var jobs int
	for i := range b.healthy {
		box := b.healthy[(b.turn+i)%len(b.healthy)]
		if n := box.jobCount(); best == nil || n < jobs {
			best, jobs = box, n
		}
	}
	return best
}

// byKey is the healthy box that key belongs to: all requests for
// one key meet in one box, and a box that goes moves its own keys only. What has
// no key goes round.
func (b *Balancer) byKey(key string) *Box {
	if key == "" {
		b.turn++
		return b.healthy[b.turn%len(b.healthy)]
	}
	if b.owners == nil {
		b.owners = b.healthyRing()
	}
	return b.boxes[b.owners.Owner(key)]
}

// healthyRing gives every key to a healthy box.
func (b *Balancer) healthyRing() ring.Ring {
	names, alive := make([]string, len(b.boxes)), make([]bool, len(b.boxes))
	for i := range b.boxes {
		names[i] = fmt.Sprintf("box%d", i)
		alive[i] = b.checks[i].backAt.IsZero()
	}
	r, err := ring.New(ring.Rendezvous, names, alive, nil)
	if err != nil {
		panic("world: a ring of the boxes: " + err.Error()) // their names are distinct
	}
	return r
}

// Start runs the health check until stopped says so. It is a callback that plans
// itself anew, so that an idle fleet has no process because of it.
func (b *Balancer) Start(stopped func() bool) {
	if b.cfg.Check == 0 {
		return
	}
	started := b.clock.Now()
	var tick func()
	tick = func() {
		if stopped() {
			return
		}
		b.checkHealth(started)
		b.clock.AfterFunc(b.cfg.Check, tick)
	}
	b.clock.AfterFunc(b.cfg.Check, tick)
}

// checkHealth ejects the boxes that are unwell and takes back those whose time is
// over. One that is unwell still is ejected anew at once.
func (b *Balancer) checkHealth(started time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	b.healthy, b.owners = nil, nil
	may := b.mayEject(now)
	for i, box := range b.boxes {
		c := &b.checks[i]
		out := !c.backAt.IsZero()
		if !c.backAt.IsZero() && !c.backAt.After(now) {
			c.backAt = time.Time{}
			if b.mark != nil {
				b.mark(now, fmt.Sprintf("box %d back in the balancer", i))
			}
		}
		if reason := b.complaint(box, c); reason != "" && c.backAt.IsZero() && may > 0 {
			may--
			c.backAt = now.Add(b.cfg.EjectFor)
			if out && reason == silent { // a box that is lost was never back: one ejection, not one a check
				continue
			}
			b.ejections++
			if b.mark != nil {
				b.mark(now, fmt.Sprintf("box %d out of the balancer", i))
			}
			if len(b.notes) < 5 {
				b.notes = append(b.notes, fmt.Sprintf("the balancer ejected box %d at %v: %s", i, now.Sub(started).Round(time.Millisecond), reason))
			}
		}
		if c.backAt.IsZero() {
			b.healthy = append(b.healthy, box)
		}
	}
}

// mayEject is how many boxes may be taken out beside those that stay out. A health
// check without such a limit empties a fleet that is overloaded as a whole.
func (b *Balancer) mayEject(now time.Time) int {
	most := len(b.boxes)
	if b.cfg.MaxOut > 0 {
		most = int(b.cfg.MaxOut * float64(most))
	}
	for i := range b.checks {
		if b.checks[i].backAt.After(now) {
			most--
		}
	}
	return most
}

// silent is what is said against a box that is lost.
const silent = "it does not answer"

// complaint is what the last interval showed against a box; "" is nothing.
func (b *Balancer) complaint(box *Box, c *check) string {
	box.mu.Lock()
	defer box.mu.Unlock()
	used := box.cpu.Busy() - c.busy
	c.busy = box.cpu.Busy()
	troubled := box.troubled
	box.troubled = 0
	if len(box.programs) == 0 {
		return silent
	}
	cores := max(box.cfg.Cores, 1)
	if share := float64(used) / float64(b.cfg.Check) / float64(cores); b.cfg.MaxCPU > 0 && share > b.cfg.MaxCPU {
		return fmt.Sprintf("CPU demand %.0f %% of its cores", 100*share)
	}
	if b.cfg.Timeouts > 0 && troubled >= b.cfg.Timeouts {
		return fmt.Sprintf("%d requests timed out or rejected in %v", troubled, b.cfg.Check)
	}
	return ""
}

// Uses reports whether a box gets requests. One that is lost does until the next
// check: nobody tells the balancer.
func (b *Balancer) Uses(box *Box) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.healthy, box)
}

// laws is the law that is broken: a box is either healthy or waits for the end of
// its ejection.
func (b *Balancer) laws() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := 0
	for _, c := range b.checks {
		if !c.backAt.IsZero() {
			out++
		}
	}
	if len(b.healthy)+out != len(b.boxes) {
		return fmt.Errorf("balancer: %d boxes are in and %d out, of %d", len(b.healthy), out, len(b.boxes))
	}
	return nil
}

// Notes says how often boxes were ejected, and why the first few times.
func (b *Balancer) Notes() (ejections int, notes []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ejections, b.notes
}

// gate lets a share of the requests in, as an operator does who takes the traffic
// off an overloaded fleet and brings it back little by little. The others are
// rejected at once. It is open until somebody says otherwise.
type gate struct {
	clock Clock

	mu    sync.Mutex
	rng   *rand.Rand
	ramp  fault.Readmit // the latest order
	begun time.Time     // of it
	shut  bool          // not everybody is let in
}

// ExpectReadmission has the balancer decide about every request whether it is let
// in, by rng.
func (b *Balancer) ExpectReadmission(rng *rand.Rand) { b.gate = &gate{clock: b.clock, rng: rng} }

// Readmit lets only so many requests in from now on as the order says.
func (b *Balancer) Readmit(order fault.Readmit) {
	g := b.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ramp, g.begun, g.shut = order, g.clock.Now(), true
}

// admits decides about one request.
func (g *gate) admits() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut {
		return true
	}
	// The share grows with time, not with the requests let in: what is asked for
	// meanwhile does not slow the return.
	share := g.ramp.Admitted(g.clock.Now().Sub(g.begun))
	g.shut = share < 1
	return g.rng.Float64() < share
}
