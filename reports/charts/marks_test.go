package charts

import (
	"testing"
	"time"

	"gonum.org/v1/plot/vg"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
)

// TestNarrowPhasesHaveNames holds that a phase narrower than its name is named all the
// same, and that no two names touch.
func TestNarrowPhasesHaveNames(t *testing.T) {
	m := &marks{end: 1000, phases: []metrics.PhaseMark{
		{Name: "fill", ToMS: 300, WarmUp: true}, {Name: "hole", FromMS: 300, ToMS: 303}, {Name: "between", FromMS: 303, ToMS: 600},
		{Name: "first", FromMS: 600, ToMS: 601}, {Name: "second", FromMS: 601, ToMS: 602}, {Name: "end", FromMS: 602, ToMS: 1000},
	}}
	list := m.phaseLabels(500)
	if len(list) != len(m.phases) {
		t.Fatalf("%d names of %d phases: %v", len(list), len(m.phases), list)
	}
	for i, a := range list {
		if a.x < 0 || a.x+a.width() > 500 {
			t.Errorf("%q stands at %v", a.text, a.x)
		}
		for _, b := range list[:i] {
			if a.touches(b) {
				t.Errorf("%q touches %q", a.text, b.text)
			}
		}
	}
	if h, want := m.labelHeight(500), vg.Length(rowsOf(list)*markRow); h != want || rowsOf(list) != 2 {
		t.Errorf("the names take %v, want %v of 2 rows", h, want)
	}
}

// TestBandsSetSomethingApart holds that a fault of the whole run shades nothing.
func TestBandsSetSomethingApart(t *testing.T) {
	m := &marks{end: 60_000}
	own := metricstest.Fault("deploy", 10*time.Second, 20*time.Second)
	own.Strategies = []string{"canary"}
	for _, c := range []struct {
		fault metrics.FaultMark
		want  bool
	}{
		{metricstest.Fault("slow origin", 0, time.Minute), false},
		{metricstest.Fault("slow origin", -time.Second, 2*time.Minute), false},
		{metricstest.Fault("slow origin", 0, 30*time.Second), true},
		{metricstest.Fault("slow origin", 30*time.Second, time.Minute), true},
		{metricstest.Fault("flush", 30*time.Second, 0), false},
		{own, false},
	} {
		if got := m.isShaded(c.fault); got != c.want {
			t.Errorf("%v: shaded is %v, want %v", c.fault, got, c.want)
		}
	}
}
