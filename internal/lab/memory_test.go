//go:build !race

package lab

import (
	"runtime"
	"testing"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
)

// The estimate of what is large is within a factor of what a run takes: at least half of
// it, so that it refuses what would not go, and no more than four times, so that it does
// not refuse what would.
func TestMemory(t *testing.T) {
	const text = `
duration: 1s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 10/s, keys: {count: 200000}}]
strategies: {naive: {}}
`
	for name, set := range map[string][]string{
		"boxes and nodes": {"fleet.boxes=400", "fleet.cache.nodes=500"},
		"boxes":           {"fleet.boxes=1500"},
		"warm keys":       {"warm=40000"},
		"windows":         {"duration=300s", "window=100ms", "workload.page.rate=20/s"},
	} {
		t.Run(name, func(t *testing.T) {
			sc, err := scenarios.Read("large.yaml", []byte(text), set)
			if err != nil {
				t.Fatal(err)
			}
			before := heap()
			r := &run{sc: sc, entry: sc.Strategies[0], seed: 1, Setup: Setup{Clock: sim.New()}}
			if err := r.setUp(); err != nil {
				t.Fatal(err)
			}
			defer r.close()
			if err := r.Clock.Run(r.goOn); err != nil {
				t.Fatal(err)
			}
			taken := heap() - before
			estimate, most := Memory(sc, ModelledParts)
			t.Logf("takes %.1f MB, estimated %.1f MB, most of it for %s", float64(taken)/1e6, float64(estimate)/1e6, most)
			if estimate < taken/2 || estimate > 4*taken {
				t.Error("the estimate is far off")
			}
			runtime.KeepAlive(r)
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
