package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/workloads"
)

// A session is data: nothing computes one that is gone. Its user is logged out,
// once, and no client tries that again.
func TestSessions(t *testing.T) {
	const s = time.Second
	bump := func(at time.Duration, caches ...string) fault.Fault {
		return fault.Deploy{Moment: fault.Moment{At: at}, Boxes: 1, Caches: caches}
	}
	for _, c := range []struct {
		name   string
		cache  int
		own    bool
		faults []fault.Fault
		want   []metrics.Outcome // of the reads at 1 s, 3 s, 5 s
	}{
		{"apart from what is bumped", 1, false, []fault.Fault{bump(2*s, "default")},
			[]metrics.Outcome{metrics.FreshHit, metrics.FreshHit, metrics.FreshHit}},
		{"in what is bumped", 0, false, []fault.Fault{bump(2*s, "default")},
			[]metrics.Outcome{metrics.FreshHit, metrics.LoggedOut, metrics.FreshHit}},
		{"a flush takes the nodes of all", 1, false, []fault.Fault{fault.Flush{Moment: fault.Moment{At: 4 * s}, All: true}},
			[]metrics.Outcome{metrics.FreshHit, metrics.FreshHit, metrics.LoggedOut}},
		{"a flush of others' nodes", 1, true, []fault.Fault{fault.Flush{Moment: fault.Moment{At: 4 * s}}},
			[]metrics.Outcome{metrics.FreshHit, metrics.FreshHit, metrics.FreshHit}},
		{"a flush of its own node", 1, true, []fault.Fault{fault.Flush{Moment: fault.Moment{At: 4 * s}, Node: 1}},
			[]metrics.Outcome{metrics.FreshHit, metrics.FreshHit, metrics.LoggedOut}},
		{"a node is lost", 1, false, []fault.Fault{fault.NodeLoss{Span: fault.Span{At: 2 * s, For: 2 * s}, How: fault.Crash}},
			[]metrics.Outcome{metrics.FreshHit, metrics.CacheError, metrics.LoggedOut}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := world.Config{Fleet: fleet(), Faults: c.faults, Caches: []string{"default", "sessions"}}
			if c.own {
				cfg.Fleet.Cache.Own = []tier.Own{{Cache: "sessions", Nodes: 1}}
			}
			b := setUp(t, cfg, cached(time.Hour))
			send := func(at time.Duration, op workloads.Op) {
				b.sim.AfterFunc(at-b.sim.Elapsed(), func() {
					b.Clients.Send(&world.Request{Request: workloads.Request{At: at, Key: "user:1", Op: op}, Cache: c.cache, Session: true})
				})
			}
			b.run(t, time.Minute, func() {
				send(0, workloads.Write)
				for i := range 3 {
					send(time.Duration(1+2*i)*s, workloads.Read)
				}
			})
			for i, want := range append([]metrics.Outcome{metrics.Written}, c.want...) {
				if r := b.records[i]; r.Outcome != want || r.Attempts != 1 {
					t.Errorf("%v: %v after %d attempts, want %v", r.At, r.Outcome, r.Attempts, want)
				}
			}
			if b.loads != 0 {
				t.Errorf("%d loads for a session", b.loads)
			}
		})
	}
}

// What a user has lost is not to be had by asking again.
func TestLoggedOutIsNotRetried(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Client: world.ClientConfig{Timeout: time.Minute, Retries: 3}}
	b := setUp(t, cfg, cached(time.Hour))
	b.run(t, time.Minute, func() {
		b.Clients.Send(&world.Request{Request: workloads.Request{Key: "user:1"}, Session: true})
	})
	if r := b.records[0]; len(b.records) != 1 || r.Outcome != metrics.LoggedOut || r.Attempts != 1 {
		t.Errorf("%d records, the first %v after %d attempts", len(b.records), r.Outcome, r.Attempts)
	}
	if !metrics.LoggedOut.Failed() || world.Retried(metrics.LoggedOut) || !world.Retried(metrics.Timeout) {
		t.Error("to be logged out is a failure, and the only one that is final")
	}
}
