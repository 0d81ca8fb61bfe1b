package world

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// The configuration of the modelled world, as a scenario file spells it. The
// tags are read by package scenarios: doc is the reference text, default the
// value of a field left out, unit how a number is written, enum the words
// allowed, min and max the range.

// Config is everything about a world that a scenario says.
type Config struct {
	Fleet    FleetConfig
	Client   ClientConfig
	Faults   []fault.Fault
	Duration time.Duration // of the traffic
	Caches   []string      // named ones, the default first; empty is that one alone
}

// FleetConfig is everything behind the clients. The boxes are alike; what differs from
// one to the next, as the rings of their clients may, is in the part that it is of.
type FleetConfig struct {
	Boxes     int           `yaml:"boxes" default:"1" min:"1" max:"10000" doc:"application servers"`
	Workers   int           `yaml:"workers" default:"16" min:"1" max:"100000" doc:"synchronous workers of a box; a request occupies one from start to end"`
	Processes int           `yaml:"processes" default:"1" min:"1" max:"100000" doc:"processes of a box, among which its workers are divided: each has a strategy of its own, with all that this remembers, and cache clients of its own, with their knowledge of dead nodes. 1 is a process with threads; of gunicorn's sync workers each is a process"`
	Queue     int           `yaml:"queue" default:"100" min:"0" max:"1000000" doc:"requests that may wait in a box for a worker: its listen backlog, of which Linux keeps one connection more"`
	Full      string        `yaml:"full" default:"drop" enum:"drop,reject" doc:"what becomes of a request that finds the queue full. drop: the box's kernel drops the SYN, as with TCP on Linux, and the client's sends it again and again while the client waits. reject: it is refused at once, as before a unix socket, by an application that answers 503, or with tcp_abort_on_overflow; then the queue holds no more than queue says"`
	Linear    int           `yaml:"syn_linear_timeouts" default:"4" min:"0" max:"10" with:"full: drop" doc:"tcp_syn_linear_timeouts of the clients' kernel: with 4, as Linux has it since 6.5, a dropped SYN is sent again 1, 2, 3, 4, 5, 7, 11, ... s after the first; with 0, as before, after 1, 3, 7, 15, ... s"`
	Cores     int           `yaml:"cores" default:"0" min:"0" max:"1024" doc:"CPU cores of a box; 0 is no limit"`
	CPU       time.Duration `yaml:"cpu" default:"0s" min:"0s" doc:"CPU time of every request, in addition to the cost of its class"`

	Balancer BalancerConfig `yaml:"balancer" doc:"how requests are spread over the boxes"`
	Front    *front.Config  `yaml:"front" doc:"a web server in front of the boxes that answers from the cache by itself; left out, there is none"`
	Cache    tier.Config    `yaml:"cache" doc:"the shared cache tier"`
	Disk     *disk.Config   `yaml:"disk" doc:"a file cache on every box that holds the values instead of the shared tier; locks stay in the tier. Left out, there is none"`
	Origin   origin.Config  `yaml:"origin" doc:"the backend that the cache protects"`
	Warmers  []WarmerConfig `yaml:"warmers" doc:"jobs outside the boxes that compute values ahead of their readers"`
}

// Words of [FleetConfig].Full.
const (
	FullDrop   = "drop"
	FullReject = "reject"
)

// MostWarmHands is how many requests of a warm-up go on at once, at most.
const MostWarmHands = 64

// WarmHands is how many requests of a warm-up go on at once: no more than the origin
// computes, so that none of them finds its queue full.
func (c FleetConfig) WarmHands() int {
	return min(MostWarmHands, cmp.Or(c.Origin.Concurrency, MostWarmHands))
}

// Places is how many requests wait in a box for a worker at most. Linux takes a
// connection while its accept queue is not longer than the backlog, so that it holds one more.
func (c FleetConfig) Places() int {
	if c.Full == FullDrop {
		return c.Queue + 1
	}
	return c.Queue
}

// BalancerConfig says which box gets a request. By-key brings all requests for one
// key to one box, so that what is coalesced or remembered there is so for the fleet;
// a hot key is then one box's load. Least-busy knows what the others do not, that a
// box is slow, and sends a box that fails fast all the more.
type BalancerConfig struct {
	Policy string `yaml:"policy" default:"round-robin" enum:"round-robin,random,least-busy,by-key" doc:"which box gets the next request; by-key picks it from the key, by consistent hashing"`

	Check    time.Duration `yaml:"check" default:"0s" min:"0s" doc:"interval of the health check; 0 is no check"`
	MaxCPU   float64       `yaml:"max_cpu" default:"0" unit:"share" min:"0" max:"1" with:"check" doc:"CPU use over one interval above which a box is ejected; 0 is never"`
	Timeouts int           `yaml:"timeouts" default:"0" min:"0" with:"check" doc:"timed-out or rejected requests in one interval for which a box is ejected; 0 is never"`
	EjectFor time.Duration `yaml:"eject_for" default:"2m" min:"1ms" with:"check" doc:"how long an ejected box stays out"`
	MaxOut   float64       `yaml:"max_out" default:"0" unit:"share" min:"0" max:"1" with:"check" doc:"largest share of the boxes that may be ejected at once (Envoy's max_ejection_percent); 0 is no limit"`
}

// ClientConfig is the program that asks. Its time-out and its retries decide whether an
// overload ends: work that nobody waits for any more is done all the same, and every
// retry is more of it.
type ClientConfig struct {
	Timeout time.Duration `yaml:"timeout" default:"30s" min:"1ms" doc:"how long a client waits for one attempt; the box does not notice that it left"`
	RTT     time.Duration `yaml:"rtt" default:"0s" min:"0s" doc:"network round trip between client and box, part of every latency"`
	Retries int           `yaml:"retries" default:"0" min:"0" max:"1000" doc:"further attempts after a failure"`
	Backoff string        `yaml:"backoff" default:"none" enum:"none,fixed,exponential" with:"retries" doc:"wait before a retry; exponential doubles it and has full jitter"`
	Base    time.Duration `yaml:"base" default:"100ms" min:"0s" with:"backoff: fixed or backoff: exponential" doc:"the fixed back-off, or the first step of the exponential one"`
	Cap     time.Duration `yaml:"cap" default:"20s" min:"0s" with:"backoff: exponential" doc:"longest wait of the exponential back-off"`
	Budget  float64       `yaml:"budget" default:"0" unit:"share" min:"0" with:"retries" doc:"retries allowed per request sent, as a share; 0 is no limit"`
}

// Allows reports whether one more retry keeps the retries so far within the
// budget's share of all attempts sent so far. Without a budget an overload feeds
// itself: whatever fails is asked for again, by all clients at once.
func (c ClientConfig) Allows(retries, sent int64) bool {
	return c.Budget == 0 || float64(retries+1) <= c.Budget*float64(sent)
}

// Wait is the back-off before the attempt after the n-th. Exponential back-off
// has full jitter: uniform over [0, min(cap, base·2ⁿ⁻¹)) ("Exponential Backoff
// And Jitter", AWS Architecture Blog, 2015).
func (c ClientConfig) Wait(n int, rng *rand.Rand) time.Duration {
	switch c.Backoff {
	case "none", "":
		return 0
	case "fixed":
		return c.Base
	case "exponential":
		step := c.Cap
		if n < 32 && c.Base<<(n-1) < c.Cap && c.Base<<(n-1)>>(n-1) == c.Base {
			step = c.Base << (n - 1)
		}
		if step <= 0 {
			return 0
		}
		return time.Duration(rng.Int64N(int64(step)))
	}
	panic("world: clients have no back-off " + c.Backoff)
}

// Words of [WarmerConfig].Schedule.
const (
	WarmerCron = "cron"
	WarmerLock = "lock"
	WarmerLoop = "loop"
)

// WarmerConfig is a job outside the boxes that computes values ahead of their
// readers, again and again. It has no idea what is asked for: a key that nobody reads
// costs the origin as much as any other, and one that is not on its list stays cold.
type WarmerConfig struct {
	Class string        `yaml:"class" required:"true" doc:"the class whose keys it computes, into the cache of that class"`
	Keys  int           `yaml:"keys" required:"true" min:"1" doc:"how many of them, the most popular first"`
	Every time.Duration `yaml:"every" required:"true" min:"1ms" doc:"time between two runs; each computes every key, cached or not"`
	From  time.Duration `yaml:"from" default:"0s" min:"0s" doc:"when the first run begins"`

	Schedule string  `yaml:"schedule" default:"cron" enum:"cron,lock,loop" doc:"cron: from start to start, runs may overlap; lock: the same, but none starts while one is running; loop: from the end to the next start"`
	AtOnce   int     `yaml:"at_once" default:"1" min:"1" max:"10000" doc:"keys that a run computes at once"`
	Rate     float64 `yaml:"rate" default:"0" unit:"/s" min:"0" max:"1000000/s" doc:"keys that a run starts per second at most; 0 is no limit"`
}

// Next is when the first run begins of a warmer that is started at an instant: at
// once if it is a loop, else when the clock says so.
func (c WarmerConfig) Next(at time.Duration) time.Duration {
	switch {
	case at <= c.From:
		return c.From
	case c.Schedule == WarmerLoop:
		return at
	}
	return c.From + (at-c.From+c.Every-1)/c.Every*c.Every
}
