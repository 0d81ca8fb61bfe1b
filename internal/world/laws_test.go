package world

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/sim"
)

// Every law of box and clients is found broken when it is.
func TestLaws(t *testing.T) {
	cfg := FleetConfig{Workers: 2, Queue: 3}
	for _, c := range []struct {
		name  string
		spoil func(*Box, *Clients)
		ended bool
		says  string
	}{
		{"at rest", func(*Box, *Clients) {}, true, ""},
		{"under way", func(b *Box, c *Clients) { b.busy, c.open = 2, 1; b.queue.Push(nil) }, false, ""},
		{"fewer than none", func(b *Box, _ *Clients) { b.busy = -1 }, false, "-1 of 2 workers are busy"},
		{"more than there are", func(b *Box, _ *Clients) { b.busy = 3 }, false, "3 of 2 workers are busy"},
		{"a long queue", func(b *Box, _ *Clients) {
			b.busy = 2
			for range 4 {
				b.queue.Push(nil)
			}
		}, false, "4 jobs are queued, in a queue of 3"},
		{"an idle worker", func(b *Box, _ *Clients) { b.busy = 1; b.queue.Push(nil) }, false, "1 jobs are queued, and only 1 of 2 workers are busy"},
		{"a job without a worker", func(b *Box, _ *Clients) { b.ExpectCrash(); b.working[&Job{}] = struct{}{} }, false, "1 jobs are worked on by 0 workers"},
		{"a worker that goes on", func(b *Box, _ *Clients) { b.busy = 1 }, true, "1 workers are busy after the end"},
		{"retries beyond the budget", func(_ *Box, c *Clients) { c.cfg.Budget, c.sent, c.retries = 0.1, 50, 6 }, false, "6 retries in 50 attempts"},
		{"a request too many", func(_ *Box, c *Clients) { c.open = -1 }, false, "-1 requests are under way"},
		{"a request that is lost", func(_ *Box, c *Clients) { c.open = 1 }, true, "1 requests have not ended"},
	} {
		t.Run(c.name, func(t *testing.T) {
			box, clients := NewBox(sim.New(), cfg), &Clients{}
			c.spoil(box, clients)
			w := atRest(box)
			w.load = clients
			err := w.Laws(c.ended)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("the law that is broken is %v, want %q", err, c.says)
			}
		})
	}
}

// atRest is a world of one box in which nothing happens.
func atRest(b *Box) *World {
	boxes := []*Box{b}
	return &World{boxes: boxes, Balancer: NewBalancer(sim.New(), BalancerConfig{}, boxes, nil), releases: NewReleases(len(boxes), nil)}
}

func TestLawsOfTheFleet(t *testing.T) {
	for says, spoil := range map[string]func(*World){
		"balancer: 0 boxes are in and 0 out, of 1":        func(w *World) { w.Balancer.healthy = nil },
		"releases: 1 boxes are without the newest, not 0": func(w *World) { w.releases.newest.Number++ },
		"releases: boxes of two releases answer, and no":  func(w *World) { w.releases.Begin(nil); w.releases.rolling.Store(0) },
	} {
		w := atRest(NewBox(sim.New(), FleetConfig{}))
		if err := w.Laws(true); err != nil {
			t.Fatalf("at rest %v is broken", err)
		}
		if spoil(w); w.Laws(false) == nil || !strings.Contains(w.Laws(false).Error(), says) {
			t.Errorf("the law that is broken is %v, want %q", w.Laws(false), says)
		}
	}
}
