package foretell_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/foretell"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// loading is a run with so many loads, duplicates and herd.
func loading(name string, computes, duplicates, herd int64) *metrics.Run {
	return &metrics.Run{
		Strategy: name, Loads: metrics.Loads{Computes: computes, DuplicateComputes: duplicates, HerdPeak: herd},
		Figures: metrics.Figures{Requests: 2400, LatencyMS: &metrics.Latency{P50: 1, P99: 500}},
	}
}

func viewOf(runs ...*metrics.Run) *view.View {
	return view.New(&metrics.File{Classes: []metrics.ClassInfo{{Name: "page"}}, Runs: runs}, figures.All())
}

// The figures of a hand-written cache, and those that are simulated under its requests.
func TestRank(t *testing.T) {
	program := viewOf(loading("target", 410, 185, 12))
	list := foretell.Rank(program, viewOf(loading("coalesced", 231, 0, 1), loading("naive", 407, 182, 12)), viewOf(loading("pool", 347, 104, 2)))
	if list[0].Strategy != "naive" || !list[0].Fits() || list[1].Fits() || list[2].Strategy != "coalesced" {
		t.Errorf("ranked %s, %s, %s", list[0].Strategy, list[1].Strategy, list[2].Strategy)
	}
	if d := list[0].Distance; d <= 0 || d >= 1 {
		t.Errorf("what fits is %v tolerances away", d)
	}
	for _, r := range list[0].Rows {
		if r.Figure == "hit ratio" {
			t.Error("a hit ratio that nobody measured tells something")
		}
	}
}

func TestAlike(t *testing.T) {
	list := foretell.Rank(viewOf(loading("target", 231, 0, 1)), viewOf(loading("coalesced", 231, 0, 1), loading("lease", 233, 0, 1), loading("naive", 407, 182, 12)))
	if !foretell.Alike(viewOf(loading("target", 231, 0, 1)), &list[0], &list[1]) {
		t.Errorf("%s and %s are told apart by 2 loads of 231", list[0].Strategy, list[1].Strategy)
	}
	if foretell.Alike(viewOf(loading("target", 231, 0, 1)), &list[0], &list[2]) {
		t.Errorf("%s and %s are not told apart", list[0].Strategy, list[2].Strategy)
	}
}
