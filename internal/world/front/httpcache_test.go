package front_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/front"
)

// sleep lets the time go on.
func (b *bench) sleep(d time.Duration) { _ = b.sim.Sleep(ctx, d) }

// burst has so many ask for one page, 20 ms apart, and waits until all that goes in a second
// or two is over.
func (b *bench) burst(n int) (all []*request) {
	for range n {
		r, _ := b.ask("k", false)
		all = append(all, r)
		b.sleep(20 * time.Millisecond)
	}
	b.sleep(2 * time.Second)
	return all
}

// leaving has one ask who gives up after 300 ms, while so many others ask and wait.
func (b *bench) leaving(others int) []*request {
	r, _ := b.ask("k", false)
	b.sleep(100 * time.Millisecond)
	var all []*request
	for range others {
		r, _ := b.ask("k", false)
		all = append(all, r)
	}
	b.sleep(200 * time.Millisecond)
	b.front.Leave(r.visit)
	b.sleep(1200 * time.Millisecond)
	return all
}

// fails has the boxes fail from now on, or not any more.
func (b *bench) fails(is bool) {
	if b.outcome = metrics.Computed; is {
		b.outcome = metrics.OriginFailure
	}
}

// expired has a page kept and come to its end.
func (b *bench) expired() {
	b.ask("k", false)
	b.sleep(4200 * time.Millisecond)
	b.loads = nil
}

// told is when boxes were asked, in milliseconds since the first time, and what the clients got.
func (b *bench) told(all []*request) string {
	var loads []string
	for _, at := range b.loads {
		loads = append(loads, fmt.Sprint((at - b.loads[0]).Milliseconds()))
	}
	letters := map[metrics.Outcome]string{
		metrics.FreshHit: "h", metrics.StaleHit: "s", metrics.Computed: "C", metrics.Coalesced: "c", metrics.OriginFailure: "f",
	}
	var got strings.Builder
	for _, r := range all {
		got.WriteString(letters[r.got.Outcome])
	}
	return strings.Join(loads, " ") + ": " + got.String()
}

// configure makes a front of one of the programs.
func configure(cfg *front.Config, name string, maxAge time.Duration) {
	program, _, _ := strings.Cut(name, " ")
	cfg.Cache, cfg.MaxAge, cfg.Connections = program, maxAge, 1000
	cfg.Nginx = front.Nginx{LockTimeout: 5 * time.Second, LockAge: 5 * time.Second, MinUses: 1, Lock: name != "nginx"}
	switch name {
	case "nginx updating":
		cfg.Nginx.UseStale = []string{"updating", "error"}
	case "nginx background":
		cfg.Nginx.UseStale, cfg.Nginx.Background = []string{"updating", "error"}, true
	}
	cfg.Varnish = front.Varnish{HitForMiss: 2 * time.Minute, Abandon: name == "varnish abandon"}
	if name != "varnish" {
		cfg.Varnish.Grace = time.Minute
	}
	if name == "varnish serial" {
		cfg.Varnish.HitForMiss = 0
	}
	cfg.Squid.Collapse = name == "squid collapsed"
	cfg.HAProxy.TotalMaxSize = 1 << 20
}

// Every case is what the real program did when it was asked the same (nginx 1.22, Varnish 7.1,
// Squid 5.7, HAProxy 2.6) of boxes that take a second: when it went there, in milliseconds, and
// what its clients got, a letter each: h a fresh hit, s a stale one, C computed, c coalesced, f a
// failure.
func TestHTTPCaches(t *testing.T) {
	for _, c := range []struct {
		name   string
		maxAge time.Duration
		script func(b *bench) []*request
		want   map[string]string
	}{
		{"a burst", 3 * time.Second, func(b *bench) []*request { return b.burst(4) }, map[string]string{
			"nginx": "0 20 40 60: CCCC", "nginx lock": "0: Cccc", "nginx updating": "0: Cccc",
			"nginx background": "0: Cccc", "varnish": "0: Cccc", "varnish grace": "0: Cccc", "varnish abandon": "0: Cccc",
			"squid": "0 20 40 60: CCCC", "squid collapsed": "0: Cccc", "haproxy": "0 20 40 60: CCCC",
		}},
		{"a burst for what has expired", 2 * time.Second, func(b *bench) []*request {
			b.expired()
			return append(b.burst(3), b.burst(1)...)
		}, map[string]string{
			"nginx": "0 20 40: CCCh", "nginx lock": "0 20 40: CCCh", "nginx updating": "0: Cssh",
			"nginx background": "0: sssh", "varnish": "0: Ccch", "varnish grace": "0: sssh", "varnish abandon": "0: sssh",
			"squid": "0 20 40 2060: CCCC", "squid collapsed": "0 2060: CccC", "haproxy": "0 20 40: CCCh",
		}},
		{"failures, and then none", 3 * time.Second, func(b *bench) []*request {
			b.fails(true)
			all := b.burst(3)
			b.sleep(3 * time.Second)
			b.fails(false)
			return append(all, b.burst(2)...)
		}, map[string]string{
			"nginx": "0 20 40 5060 5080: fffCC", "nginx lock": "0 1020 2040 5060: fffCc",
			"nginx updating": "0 1020 2040 5060: fffCc", "nginx background": "0 1020 2040 5060: fffCc",
			"varnish": "0 1000 1000 5060 5080: fffCC", "varnish grace": "0 1000 1000 5060 5080: fffCC",
			"varnish abandon": "0 1000 1000 5060 5080: fffCC", "squid": "0 20 40 5060 5080: fffCC",
			"squid collapsed": "0 1000 5060: fffCc", "haproxy": "0 20 40 5060 5080: fffCC",
		}},
		{"failures over what has expired, and then none", 2 * time.Second, func(b *bench) []*request {
			b.expired()
			b.fails(true)
			all := append(b.burst(2), b.burst(1)...)
			b.fails(false)
			return append(append(all, b.burst(1)...), b.burst(1)...)
		}, map[string]string{
			"nginx": "0 20 2040 4060: fffCh", "nginx lock": "0 20 2040 4060: fffCh",
			"nginx updating": "0 2040 4060: sssCh", "nginx background": "0 2040 4060: ssssh",
			"varnish": "0 1000 2040 4060: fffCh", "varnish grace": "0 2040 4060: ssfCh",
			"varnish abandon": "0 2040 4060: ssssh", "squid": "0 20 2040 4060 6080: sssCC",
			"squid collapsed": "0 2040 4060 6080: sssCC", "haproxy": "0 20 2040 4060: fffCh",
		}},
		{"what may not be kept", 0, func(b *bench) []*request {
			all := b.burst(3)
			b.sleep(3 * time.Second)
			return append(all, b.burst(2)...)
		}, map[string]string{
			"nginx": "0 20 40 5060 5080: CCCCC", "nginx lock": "0 1020 2040 5060 6080: CCCCC",
			"varnish": "0 1000 1000 5060 5080: CCCCC", "varnish serial": "0 1000 2000 5060 6060: CCCCC",
			"squid": "0 20 40 5060 5080: CCCCC", "squid collapsed": "0 1000 1000 5060 6060: CCCCC",
			"haproxy": "0 20 40 5060 5080: CCCCC",
		}},
		{"a client that leaves", 3 * time.Second, func(b *bench) []*request {
			return append(b.leaving(0), b.burst(1)...)
		}, map[string]string{
			"nginx": "0 1500: C", "nginx lock": "0 1500: C", "varnish": "0: h", "squid": "0 1500: C",
			"squid collapsed": "0 1500: C", "haproxy": "0: h",
		}},
		{"a client that leaves those who wait for it", 3 * time.Second, func(b *bench) []*request {
			return append(b.leaving(2), b.burst(1)...)
		}, map[string]string{
			"nginx lock": "0 1100: Ccc", "varnish": "0: cch", "squid collapsed": "0: cch",
		}},
		{"a write", 9 * time.Second, func(b *bench) []*request {
			all := b.burst(1)
			b.ask("k", true)
			b.sleep(1200 * time.Millisecond)
			return append(all, b.burst(1)...)
		}, map[string]string{
			"nginx": "0 2020: Ch", "varnish": "0 2020: Ch", "squid": "0 2020 3220: CC", "haproxy": "0 2020 3220: CC",
		}},
	} {
		for name, want := range c.want {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				run(t, func(cfg *front.Config) { configure(cfg, name, c.maxAge) }, func(b *bench) {
					b.took = time.Second
					all := c.script(b)
					b.sleep(10 * time.Second)
					if got := b.told(all); got != want {
						t.Errorf("%s, want %s", got, want)
					}
				})
			})
		}
	}
}

// HAProxy keeps what is small enough, and forgets what was not read for the longest.
func TestHAProxysMemory(t *testing.T) {
	run(t, func(cfg *front.Config) {
		configure(cfg, "haproxy", time.Minute)
		cfg.HAProxy.MaxObjectSize = 2000
	}, func(b *bench) {
		const fit = 512 // of 1,000 bytes and a head, in a MiB
		ask := func(i int) metrics.Outcome {
			r, _ := b.ask(fmt.Sprint("k", i), false)
			b.sleep(110 * time.Millisecond)
			return r.got.Outcome
		}
		for i := range fit {
			ask(i)
		}
		if got := ask(0); got != metrics.FreshHit {
			t.Errorf("the first of %d pages is %v, want them all to be there", fit, got)
		}
		ask(fit) // makes room, and the first was read
		if got := ask(0); got != metrics.FreshHit {
			t.Errorf("a page that was read is %v", got)
		}
		if got := ask(1); got != metrics.Computed {
			t.Errorf("the page that was not read for the longest is %v", got)
		}
		b.size = 2001
		ask(-1)
		if got := ask(-1); got != metrics.Computed {
			t.Errorf("a page above max-object-size is %v", got)
		}
	})
}
