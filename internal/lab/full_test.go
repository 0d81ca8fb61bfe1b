//go:build !race

package lab_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// shop has three links of 1 Gbit/s under 20,000 pages a second of 30 KB: 600 MB/s where
// there are 375.
const shop = `
name: shop
duration: 2s
warm: 2000
fleet:
  boxes: 30
  workers: 16
  queue: 10
  cache: {nodes: 3, bandwidth: 125MB/s}
  origin: {latency: 100ms, concurrency: 200}
workload:
  - {class: page, rate: 20000/s, keys: {count: 2000, zipf: 1.0}, size: 30KB}
client: {timeout: 10s}
strategies:
  naive: {ttl: 10m}
`

// firstFull is what the report says of the only strategy.
func firstFull(t *testing.T, text string) string {
	t.Helper()
	list := view.New(execute(t, load(t, text)), figures.All()).Full
	if len(list) != 1 {
		t.Fatalf("of one strategy is said: %v", list)
	}
	return list[0].First
}

// What is full first is said: links that carry too little fill the workers, which wait
// for them, and those their queue.
func TestFirstFull(t *testing.T) {
	for name, c := range map[string]struct{ text, want, after string }{
		"links": {shop, "network of node ", "workers of all 30 boxes"},
		"more bandwidth": {strings.Replace(shop, "125MB/s", "1GB/s", 1),
			"nothing for long; nearest ", ""},
		"slots":                    {strings.Replace(behindFront, "connections: 20", "connections: 2000", 1), "origin slots, ", "workers"},
		"workers":                  {strings.Replace(behindFront, "{connections: 20}", "{connections: 2000}\n  cores: 1\n  cpu: 20ms", 1), "cores, ", "workers"},
		"connections of the front": {strings.NewReplacer("latency: 500ms, concurrency: 2, queue: 10", "latency: 500ms", "workers: 4", "workers: 400").Replace(behindFront), "front connections, ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := firstFull(t, c.text)
			if !strings.HasPrefix(got, c.want) || !strings.Contains(got, c.after) {
				t.Errorf("full first is said to be %q; want %s..., and then %s", got, c.want, c.after)
			}
		})
	}
}

// Who waits for another's load is counted as such, and whoever loads is not.
func TestLockWaiters(t *testing.T) {
	const text = `
duration: 2s
fleet: {workers: 50, origin: {latency: 1s}}
workload:
  - {class: page, burst: {at: 0s, requests: 10, over: 10ms}, keys: {count: 1}}
strategies:
  naive: {ttl: 1m}
  waiting: {use: mutex, ttl: 1m, lock: 60s, losers: wait, wait: 10s}
  two-level: {ttl: 1m, over: {naive: {ttl: 1m}}}
  swr: {fresh: 10s, ttl: 1m, losers: wait, wait: 10s}
`
	f, ok := figures.All().Find("lock_waiters_peak")
	if !ok {
		t.Fatal("there is no figure of lock waiters")
	}
	runs := execute(t, load(t, text)).Runs
	for name, want := range map[string]float64{"naive": 0, "waiting": 9, "two-level": 9, "swr": 9} {
		if got := f.Values(runs, name, "", ""); !slices.Equal(got, []float64{want}) {
			t.Errorf("%s: %v wait at once, want %v", name, got, want)
		}
	}
	for _, run := range runs {
		if w := run.Resource(metrics.Workers); w.Peak != 10 || *w.FullShare != 0 {
			t.Errorf("%s: the workers are %+v", run.Strategy, w)
		}
	}
}
