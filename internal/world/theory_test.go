//go:build !race

package world_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/workloads"
)

// exponential is an empirical distribution that stands for an exponential one
// of the given mean: its quantiles at (i+½)/n.
func exponential(mean time.Duration) origin.Latency {
	const n = 4000
	values := make([]time.Duration, n)
	for i := range values {
		values[i] = time.Duration(-math.Log(1-(float64(i)+0.5)/n) * float64(mean))
	}
	return origin.Latency{Values: values}
}

// poisson sends n requests of one class at the given rate.
func (b *bench) poisson(n int, rate float64, key func(i int) string) {
	rng := rand.New(rand.NewPCG(7, 7))
	gap := func() time.Duration { return time.Duration(rng.ExpFloat64() / rate * 1e9) }
	var arrive func()
	i := 0
	arrive = func() {
		b.Clients.Send(&world.Request{Request: workloads.Request{At: b.sim.Elapsed(), Key: key(i)}})
		if i++; i < n {
			b.sim.AfterFunc(gap(), arrive)
		}
	}
	b.sim.AfterFunc(gap(), arrive)
}

// erlangC is the probability that an arrival waits in M/M/c with offered load
// a = lambda/mu (Erlang, 1917), by the recursion for Erlang B.
func erlangC(c int, a float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	rho := a / float64(c)
	return b / (1 - rho + rho*b)
}

func TestWaitingIsErlangC(t *testing.T) {
	t.Parallel()
	const mean = 10 * time.Millisecond
	for _, c := range []struct {
		servers int
		load    float64
		where   string
	}{{1, 0.7, "workers"}, {4, 0.8, "workers"}, {8, 0.8, "workers"}, {4, 0.8, "origin"}} {
		t.Run(fmt.Sprintf("M/M/%d at %g, %s", c.servers, c.load, c.where), func(t *testing.T) {
			cfg := fleet()
			cfg.Workers, cfg.Queue = c.servers, 1e6
			cfg.Origin.Latency = exponential(mean)
			if c.where == "origin" {
				cfg.Workers, cfg.Origin.Concurrency = 10_000, c.servers
			}
			b := setUp(t, world.Config{Fleet: cfg}, nil)
			n, tolerance := 100_000, 0.08
			if os.Getenv("HERDLAB_SOAK") != "" {
				n, tolerance = 3_000_000, 0.025
			}
			offered := c.load * float64(c.servers)
			b.run(t, 24*time.Hour, func() {
				b.poisson(n, offered/mean.Seconds(), func(int) string { return "k" })
			})
			var sum time.Duration
			for _, r := range b.records {
				sum += r.Done - r.At
			}
			got := (sum/time.Duration(n) - mean).Seconds()
			want := erlangC(c.servers, offered) * mean.Seconds() / (float64(c.servers) - offered)
			if math.Abs(got-want)/want > tolerance {
				t.Errorf("mean wait %.3f ms, Erlang C says %.3f ms", 1e3*got, 1e3*want)
			}
		})
	}
}

// Little (1961): the mean number in the system, sampled by an independent
// observer, is the arrival rate times the mean time in it.
func TestLittlesLaw(t *testing.T) {
	t.Parallel()
	cfg := fleet()
	cfg.Origin.Latency = exponential(20 * time.Millisecond)
	b := setUp(t, world.Config{Fleet: cfg}, nil)
	const n, rate = 60_000, 150.0
	var samples, inSystem int
	b.run(t, 24*time.Hour, func() {
		b.poisson(n, rate, func(int) string { return "k" })
		const step = 7 * time.Millisecond
		var look func()
		look = func() {
			samples++
			inSystem += b.Clients.Open()
			if b.sim.Elapsed().Seconds() < n/rate {
				b.sim.AfterFunc(step, look)
			}
		}
		b.sim.AfterFunc(step, look)
	})
	var sum, last time.Duration
	for _, r := range b.records {
		sum += r.Done - r.At
		last = max(last, r.At)
	}
	l := float64(inSystem) / float64(samples)
	lambda, w := n/last.Seconds(), sum.Seconds()/n
	if math.Abs(l-lambda*w)/l > 0.02 {
		t.Errorf("L = %.4f, lambda W = %.4f", l, lambda*w)
	}
}

// A key asked for at rate lambda and kept for T after each load is hit with
// probability lambda T / (1 + lambda T): a cycle is one miss and the mean of
// lambda T arrivals before the value expires.
func TestTTLHitRatio(t *testing.T) {
	t.Parallel()
	for _, lambdaT := range []float64{0.2, 1, 5, 20} {
		cfg := fleet()
		cfg.Workers, cfg.Origin.Latency = 100, origin.Latency{}
		const ttl = time.Second
		b := setUp(t, world.Config{Fleet: cfg}, cached(ttl))
		const n = 30_000
		b.run(t, 1000*time.Hour, func() {
			b.poisson(n, lambdaT/ttl.Seconds(), func(int) string { return "k" })
		})
		got := float64(b.outcomes()[metrics.FreshHit]) / n
		want := lambdaT / (1 + lambdaT)
		if math.Abs(got-want) > 0.007 {
			t.Errorf("lambda T = %g: hit ratio %.4f, theory %.4f", lambdaT, got, want)
		}
	}
}

// Che, Tung and Wang (2002): an LRU cache of C objects under independent
// requests hits object i with probability 1 - exp(-p_i tc), where tc solves
// sum(1 - exp(-p_i tc)) = C.
func TestLRUHitRatioIsChes(t *testing.T) {
	t.Parallel()
	const keys, n = 2000, 60_000
	for _, s := range []float64{0, 0.8, 1.2} {
		p := zipf(keys, s)
		for _, capacity := range []int{50, 500} {
			cfg := fleet()
			cfg.Workers, cfg.Origin.Latency = 100, origin.Latency{}
			cfg.Cache.Memory = int64(capacity * (6 + 100 + 64))
			b := setUp(t, world.Config{Fleet: cfg}, cached(0))
			draw := sampler(p)
			b.run(t, 1000*time.Hour, func() {
				b.poisson(n, 1000, func(int) string { return fmt.Sprintf("%06d", draw()) })
			})
			hits, late := 0, 0
			for _, r := range b.records[n/3:] { // the first third fills the cache
				late++
				if r.Outcome == metrics.FreshHit {
					hits++
				}
			}
			got, want := float64(hits)/float64(late), che(p, float64(capacity))
			if math.Abs(got-want) > 0.012 {
				t.Errorf("s = %g, C = %d: hit ratio %.4f, Che says %.4f", s, capacity, got, want)
			}
		}
	}
}

func zipf(n int, s float64) []float64 {
	p, sum := make([]float64, n), 0.0
	for i := range p {
		p[i] = math.Pow(float64(i+1), -s)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// sampler draws an index with the given probabilities, by bisection.
func sampler(p []float64) func() int {
	rng := rand.New(rand.NewPCG(3, 3))
	cumulative := make([]float64, len(p))
	sum := 0.0
	for i, v := range p {
		sum += v
		cumulative[i] = sum
	}
	return func() int {
		u := rng.Float64() * sum
		lo, hi := 0, len(p)-1
		for lo < hi {
			if mid := (lo + hi) / 2; cumulative[mid] < u {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return lo
	}
}

func che(p []float64, capacity float64) float64 {
	filled := func(tc float64) (sum float64) {
		for _, v := range p {
			sum += 1 - math.Exp(-v*tc)
		}
		return sum
	}
	lo, hi := 0.0, 1.0
	for filled(hi) < capacity {
		hi *= 2
	}
	for range 60 {
		if mid := (lo + hi) / 2; filled(mid) < capacity {
			lo = mid
		} else {
			hi = mid
		}
	}
	hit := 0.0
	for _, v := range p {
		hit += v * (1 - math.Exp(-v*lo))
	}
	return hit
}
