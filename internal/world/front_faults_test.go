package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/front"
)

// A cache that is dead refuses at once, which is a 502: a round trip more, and the
// box renders. It comes back empty.
func TestFrontWithADeadCache(t *testing.T) {
	b := atFront(t, site(), fault.NodeLoss{Span: fault.Span{At: time.Second, For: 2 * time.Second}, How: fault.Crash})
	b.run(t, time.Minute, func() {
		for i := range 5 {
			b.at(time.Duration(i)*time.Second+500*ms, "k")
		}
	})
	render := 102 * ms
	b.want(t, metrics.Computed, render, metrics.Computed, render, metrics.Computed, render,
		metrics.Computed, render, metrics.FreshHit, 1*ms)
	if got := b.report().Cache.Errors; got != 4 {
		t.Errorf("%d errors of the cache, want 4: the front's questions and the box's sets", got)
	}
}

// One that hangs costs the read time-out, which is a 504, and then the box's own,
// when it stores.
func TestFrontWithAHangingCache(t *testing.T) {
	cfg := site()
	cfg.Front.Timeout, cfg.Cache.Timeout = 50*ms, 30*ms
	b := atFront(t, cfg, fault.NodeHang{Span: fault.Span{At: time.Second, For: 2 * time.Second}})
	b.run(t, time.Minute, func() {
		b.at(0, "k")
		b.at(1500*ms, "k")
		b.at(3500*ms, "k")
	})
	b.want(t, metrics.Computed, 102*ms, metrics.Computed, 50*ms+100*ms+30*ms, metrics.FreshHit, 1*ms)
}

// With nginx's 60 s all wait; when the cache goes on it answers what it was asked.
func TestFrontWaitsForACacheThatGoesOn(t *testing.T) {
	b := atFront(t, site(), fault.NodeHang{Span: fault.Span{At: time.Second, For: 10 * time.Second}})
	b.run(t, 2*time.Minute, func() {
		b.at(0, "k")
		b.at(2*time.Second, "k")
		b.at(10*time.Second, "other")
	})
	b.want(t, metrics.Computed, 102*ms, metrics.FreshHit, 9*time.Second+1*ms, metrics.Computed, time.Second+102*ms)
}

// One that dies while it hangs breaks the connections: a 502 for all at once.
func TestFrontWithACacheThatHangsAndDies(t *testing.T) {
	b := atFront(t, site(), fault.NodeHang{Span: fault.Span{At: time.Second}}, fault.NodeLoss{Span: fault.Span{At: 5 * time.Second}, How: fault.Crash})
	b.run(t, 2*time.Minute, func() {
		b.at(2*time.Second, "k")
		b.at(4*time.Second, "k")
	})
	b.want(t, metrics.Computed, 3*time.Second+102*ms, metrics.Computed, time.Second+102*ms)
}

// Requests that wait hold two connections each, and who finds none is rejected. A
// client who gives up lets go of his.
func TestFrontConnections(t *testing.T) {
	cfg := site()
	cfg.Front.Connections = 5
	b := setUp(t, world.Config{
		Fleet: cfg, Client: world.ClientConfig{Timeout: 3 * time.Second},
		Faults: []fault.Fault{fault.NodeHang{Span: fault.Span{For: 20 * time.Second}}},
	}, cached(time.Hour))
	b.run(t, 2*time.Minute, func() {
		b.at(1*time.Second, "a")
		b.at(2*time.Second, "b")
		b.at(3*time.Second, "c")         // no connection
		b.at(4*time.Second+1*ms, "d")    // a's
		b.at(4*time.Second+2*ms, "e")    // none
		b.at(25*time.Second, "a")        // all is well again, and nothing is left of the rest
		b.at(25*time.Second+10*ms, "b")  // at the same time
		b.at(25*time.Second+20*ms, "c")  // no connection
		b.at(25*time.Second+400*ms, "c") // free again
	})
	const limit, render = 3 * time.Second, 102 * ms
	b.want(t, metrics.Timeout, limit, metrics.Timeout, limit, metrics.Rejected, 0*ms, metrics.Timeout, limit, metrics.Rejected, 0*ms,
		metrics.Computed, render, metrics.Computed, render, metrics.Rejected, 0*ms, metrics.Computed, render)
	if notes := b.report().Warnings; len(notes) != 1 || notes[0] != "the front had no connection left for 3 requests: 5 connections are not enough" {
		t.Errorf("notes: %q", notes)
	}
}

// A box is not told that the client left, but the front's connections are free.
func TestFrontLetsGoOfABox(t *testing.T) {
	cfg := site()
	cfg.Front.Connections, cfg.Origin.Latency.Fixed = 2, 10*time.Second
	b := setUp(t, world.Config{Fleet: cfg, Client: world.ClientConfig{Timeout: time.Second}}, cached(time.Hour))
	b.run(t, time.Minute, func() {
		b.at(0, "a")
		b.at(2*time.Second, "a")
		b.at(20*time.Second, "a")
	})
	b.want(t, metrics.Timeout, time.Second, metrics.Timeout, time.Second, metrics.FreshHit, 1*ms)
	if b.loads != 2 {
		t.Errorf("%d loads, want 2", b.loads)
	}
}

// What boxes do not take, or lose in a crash, the front cannot help.
func TestFrontBeforeBoxesInTrouble(t *testing.T) {
	cfg := site()
	cfg.Workers, cfg.Queue = 1, 0
	b := atFront(t, cfg, fault.BoxCrash{Moment: fault.Moment{At: 50 * ms}})
	b.run(t, time.Minute, func() {
		b.at(0, "a")
		b.at(10*ms, "b")
		b.at(time.Second, "a")
	})
	b.want(t, metrics.Rejected, 50*ms, metrics.Rejected, 1*ms, metrics.Computed, 102*ms)
}

// An old page takes the place of an answer that a box takes with it when it crashes.
func TestFrontServesWhatIsOldAfterACrash(t *testing.T) {
	cfg := site()
	cfg.Front.Cache, cfg.Front.MaxAge = front.UseNginx, time.Second
	cfg.Front.Nginx = front.Nginx{UseStale: []string{"error"}, MinUses: 1}
	b := setUp(t, world.Config{Fleet: cfg, Faults: []fault.Fault{fault.BoxCrash{Moment: fault.Moment{At: 5050 * ms}}}}, cached(time.Second))
	b.run(t, time.Minute, func() {
		b.at(0, "k")
		b.at(5*time.Second, "k")
		b.at(5*time.Second, "other")
	})
	b.want(t, metrics.Computed, 102*ms, metrics.StaleHit, 50*ms, metrics.Rejected, 50*ms)
}
