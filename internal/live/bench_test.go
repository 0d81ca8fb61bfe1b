package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/clock"
)

// slice is how long one rate is tried, and lag the lateness that 99 % of its
// requests must stay below for the rate to be held.
const (
	slice = time.Second
	lag   = 10 * time.Millisecond

	// giveUp ends a slice in which client and server wait for file descriptors
	// that the other has.
	giveUp = time.Second

	// most is how many requests may be under way; a generator that has more has
	// lost the rate.
	most = 2000
)

// contender sends at a rate for a slice and reports the lateness of every
// request and how many failed.
type contender func(b *testing.B, rate int) (late []time.Duration, failed int)

// held is whether a generator keeps up with a rate.
func (g contender) held(b *testing.B, rate int) bool {
	late, failed := g(b, rate)
	if failed > 0 || len(late) == 0 {
		return false
	}
	slices.Sort(late)
	return late[len(late)*99/100] < lag
}

// limit is the highest rate that is held, to a twentieth. It goes up in small
// steps: a generator far beyond its limit opens thousands of connections.
func (g contender) limit(b *testing.B) int {
	holds := func(rate int) bool {
		if g.held(b, rate) {
			return true
		}
		return g.held(b, rate) // neighbours may have disturbed the first slice
	}
	low, high := 0, 4000
	for holds(high) {
		low, high = high, high*5/4
	}
	for high-low > high/20 && high > 20 {
		if mid := (low + high) / 2; holds(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// bare is vegeta's own attack against a handler of net/http that does nothing,
// set up as the lab's: as many workers, and a connection for each request under
// way.
func bare(b *testing.B, rate int) (late []time.Duration, failed int) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	transport := newTransport()
	defer transport.CloseIdleConnections()
	attacker := vegeta.NewAttacker(vegeta.Client(&http.Client{Transport: transport, Timeout: giveUp}), vegeta.Workers(16), vegeta.MaxWorkers(most), vegeta.MaxBody(0))
	plan := &plan{requests: evenly(rate)}
	var began time.Time
	plan.begin = func(now time.Time) { began = now }
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: server.URL})
	for r := range attacker.Attack(target, plan, 0, "") {
		late = append(late, r.Timestamp.Sub(began)-plan.requests[r.Seq].At)
		if r.Error != "" {
			failed++
		}
	}
	return late, failed
}

// whole is the lab's way: plan, balancer, a box with its workers, the answer's
// headers, and the record. The requests are bystanders, which cost nothing.
func whole(b *testing.B, rate int) (late []time.Duration, failed int) {
	wall := clock.NewWall()
	p, w := idle(b, wall, func(r *metrics.Record) {
		if r.Outcome.Failed() {
			failed++
		}
	})
	p.load.(*clients).inFlight = most
	if err := w.Drive(next(evenly(rate)), func(time.Time) {}); err != nil {
		b.Fatal(err)
	}
	w.Close()
	wall.Close()
	return p.load.(*clients).late.all, failed
}

// idle is a world of one box without a cache.
func idle(b *testing.B, wall *clock.Wall, record func(*metrics.Record)) (*realParts, *world.World) {
	p, w, err := assemble(context.Background(), Config{Tier: &tier.Tier{}, LateAfter: lag}, world.Config{
		Fleet:    world.FleetConfig{Boxes: 1, Workers: 64, Queue: 10_000},
		Client:   world.ClientConfig{Timeout: giveUp},
		Duration: slice,
	}, world.Environment{
		Clock: wall, Rand: func(string) *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }, Size: func(string) int { return 0 },
		Record: record,
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, box := range w.Boxes() {
		box.Install(&world.Program{}) // without one it refuses
	}
	return p, w
}

func evenly(rate int) []world.Request {
	return every(int(float64(rate)*slice.Seconds()), time.Second/time.Duration(rate))
}

// BenchmarkHeldLoad finds the highest rates that bare vegeta against a bare
// handler and the lab's whole path hold on this machine, in turns so that both
// have the same neighbours, and their ratio. The goal is 0.8.
func BenchmarkHeldLoad(b *testing.B) {
	var bares, wholes []int
	for range b.N {
		bares = append(bares, contender(bare).limit(b))
		wholes = append(wholes, contender(whole).limit(b))
	}
	slices.Sort(bares)
	slices.Sort(wholes)
	one, all := bares[len(bares)/2], wholes[len(wholes)/2]
	if one == 0 {
		b.Fatal("this machine holds no rate at all")
	}
	b.ReportMetric(float64(one), "bare/s")
	b.ReportMetric(float64(all), "lab/s")
	b.ReportMetric(float64(all)/float64(one), "ratio")
	b.ReportMetric(0, "ns/op")
	b.Logf("bare %v, lab %v", bares, wholes)
}

// BenchmarkRequest is one request after another on sixteen connections, without
// vegeta: what a request costs both ways, in time and memory.
func BenchmarkRequest(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		defer server.Close()
		sixteen(b, func(client *http.Client) error {
			resp, err := client.Get(server.URL)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		})
	})
	b.Run("lab", func(b *testing.B) {
		wall := clock.NewWall()
		p, w := idle(b, wall, func(*metrics.Record) {})
		defer wall.Close()
		defer w.Close()
		c := p.load.(*clients)
		c.started = time.Now()
		sixteen(b, func(*http.Client) error {
			if code := c.request(0, &world.Request{}); code != http.StatusOK {
				return fmt.Errorf("status %d", code)
			}
			return nil
		})
	})
}

// sixteen has as many goroutines as the lab has workers send.
func sixteen(b *testing.B, send func(*http.Client) error) {
	transport := newTransport()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	b.ReportAllocs()
	b.SetParallelism(max(1, 16/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := send(client); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
