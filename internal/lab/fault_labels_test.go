package lab

import (
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

// TestFaultLabels holds that a fault is named in words, and a deploy by what it is of.
func TestFaultLabels(t *testing.T) {
	sc, err := scenarios.Read("labels.yaml", []byte(`
duration: 10m
fleet: {boxes: 10, origin: {latency: 5ms}, cache: {nodes: 3}}
workload: [{class: page, rate: 20/s, keys: {count: 10}}]
faults:
  - {at: 1m, for: 1m, kind: node-loss, node: 2}
  - {at: 2m, for: 1m, kind: node-hang, node: 0}
  - {at: 3m, for: 1m, kind: node-loss, how: cut, node: 1}
  - {at: 4m, for: 1m, kind: node-loss, how: hang, node: 1}
  - {at: 5m, for: 1m, kind: node-flap, how: cut, node: 1, every: 10s}
  - {at: 6m, kind: deploy, boxes: 10%}
  - {at: 7m, kind: deploy, boxes: 50%}
  - {at: 8m, kind: deploy}
  - {at: 9m, kind: deploy, caches: []}
strategies: {naive: }
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"node 2 lost", "node 0 hangs", "node 1 cut off", "node 1 hangs", "node 1 comes and goes", "deploy to 10 % of the boxes",
		"deploy to 50 % of the boxes", "deploy to the rest", "deploy without a new version",
	}
	for i, mark := range faultMarks(sc) {
		if mark.Label != want[i] {
			t.Errorf("%q, want %q", mark.Label, want[i])
		}
	}
}
