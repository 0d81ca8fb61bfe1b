package scenarios_test

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

// Faults that stand beside each other, or follow one another, do not overlap.
func TestFaultsBesideEachOther(t *testing.T) {
	for _, faults := range []string{
		"[{at: 5s, for: 5s, kind: slow-origin}, {at: 10s, for: 5s, kind: slow-origin}]",
		"[{at: 5s, for: 50s, kind: slow-origin}, {at: 10s, for: 5s, kind: origin-errors}, {at: 11s, for: 1s, kind: origin-down}]",
		"[{at: 5s, for: 50s, kind: node-loss, node: 0}, {at: 10s, for: 5s, kind: node-hang, node: 1}]",
		"[{at: 5s, for: 50s, kind: box-loss, box: 0}, {at: 10s, for: 5s, kind: box-loss, box: 1}, {at: 12s, kind: box-crash, box: 1}]",
		"[{at: 1s, for: 21s, kind: node-flap, every: 10s}, {at: 26s, kind: node-loss}]",
		"[{at: 1s, kind: node-replace, nodes: 4, every: 5s}, {at: 2s, for: 3s, kind: node-loss, node: 1}]",
		"[{at: 1s, every: 1s, kind: cull}, {at: 3s, every: 2s, kind: cull}]",
	} {
		text := strings.NewReplacer("FAULTS", faults).Replace(`
duration: 1m
fleet: {boxes: 2, cache: {nodes: 4}, origin: {latency: 5ms}, DISK}
workload: [{class: page, rate: 1/s, keys: {count: 1}}]
strategies: {naive: }
faults: FAULTS
`)
		disk := ""
		if strings.Contains(faults, "cull") {
			disk = "disk: {}"
		}
		if _, err := scenarios.Read("x.yaml", []byte(strings.Replace(text, "DISK", disk, 1)), nil); err != nil {
			t.Errorf("%s: %v", faults, err)
		}
	}
}

// A variant's own faults take the place of the scenario's, and do not add to them.
func TestFaultsOfAVariant(t *testing.T) {
	_, err := scenarios.Read("x.yaml", []byte(`
duration: 1m
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 1/s, keys: {count: 1}}]
faults: [{at: 5s, for: 20s, kind: slow-origin, factor: 4}]
strategies:
  naive:
  later: {use: naive, with: {faults: [{at: 10s, for: 20s, kind: slow-origin, factor: 8}]}}
`), nil)
	if err != nil {
		t.Error(err)
	}
}
