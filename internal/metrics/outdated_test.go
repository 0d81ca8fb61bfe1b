package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// Outdated answers stand in the window of their request, with the worst of them;
// a run without any has no series of them.
func TestOutdatedOverTime(t *testing.T) {
	cfg := Config{Classes: []ClassInfo{{Name: "page"}}, Duration: 4 * time.Second, Window: time.Second}
	s := NewSummary(cfg)
	for _, r := range []Record{
		{Request: workloads.Request{At: 100 * time.Millisecond}, Staleness: -1}, {Request: workloads.Request{At: 1500 * time.Millisecond}, Staleness: 3 * time.Second},
		{Request: workloads.Request{At: 1600 * time.Millisecond}, Staleness: 0}, {Request: workloads.Request{At: 3 * time.Second}, Staleness: time.Millisecond},
	} {
		r.Age = -1
		s.Add(&r)
	}
	got := s.Close().Series
	for i, want := range []int64{0, 2, 0, 1} {
		if got.Outdated[i] != want {
			t.Errorf("window %d has %d outdated answers, want %d", i, got.Outdated[i], want)
		}
	}
	for i, want := range []float64{math.NaN(), 3000, math.NaN(), 1} {
		if worst := got.StalenessMax[i]; worst != want && !(math.IsNaN(worst) && math.IsNaN(want)) {
			t.Errorf("window %d: the worst is %v ms behind, want %v", i, worst, want)
		}
	}
	fresh := NewSummary(cfg)
	fresh.Add(&Record{Age: -1, Staleness: -1})
	if run := fresh.Close(); run.Series.Outdated != nil || run.Series.StalenessMax != nil {
		t.Errorf("without outdated answers there are series of them: %v", run.Series.Outdated)
	}
}
