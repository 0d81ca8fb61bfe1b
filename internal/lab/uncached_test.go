package lab_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
)

// A class that names no cache is computed every time, under every strategy, and
// neither reads nor fills what the others keep.
func TestUncached(t *testing.T) {
	sc, err := scenarios.Read("x.yaml", []byte(`
duration: 10s
warm: 20
fleet: {boxes: 2, cache: {nodes: 2, memory: 1MB}, origin: {latency: 5ms}}
workload:
  - {class: page, rate: 50/s, keys: {count: 10}}
  - {class: mailbox, rate: 100/s, keys: {count: 10}, cache: none, writes: 5%}
strategies: {naive: {}, mutex: {}, swr: {}, two-level: {}, publish: {}, lease: {}, pool: {}, direct: {}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range sc.Strategies {
		run, err := lab.Run(sc, e, 1, lab.Setup{Clock: sim.New()})
		if err != nil {
			t.Fatal(err)
		}
		mailbox := run.Classes["mailbox"]
		if reads := mailbox.Requests - mailbox.Writes; mailbox.Outcomes[metrics.Computed] != reads || reads < 900 {
			t.Errorf("%s: %+v of %d reads", e.Name, mailbox.Outcomes, reads)
		}
		if mailbox.HitRatio != nil {
			t.Errorf("%s: a hit ratio of %v of what is not cached", e.Name, *mailbox.HitRatio)
		}
		if e.Kind == "direct" {
			continue
		}
		if *run.HitRatio != *run.Classes["page"].HitRatio {
			t.Errorf("%s: the hit ratio is %v, that of the pages %v", e.Name, *run.HitRatio, *run.Classes["page"].HitRatio)
		}
		if pages := run.Classes["page"]; pages.HitRatio == nil || *pages.HitRatio < 0.9 || run.Series.HitRatio[50] < 0.9 {
			t.Errorf("%s: the pages are not cached: %+v", e.Name, pages.Outcomes)
		}
		if n := run.Cache.Gets + run.Cache.Sets; n > 2*run.Classes["page"].Requests {
			t.Errorf("%s: %d operations of the cache, for %d pages", e.Name, n, run.Classes["page"].Requests)
		}
	}
}
