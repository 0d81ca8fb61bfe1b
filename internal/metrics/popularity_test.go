package metrics_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// A run is taken apart by the ranks of its keys, loads among them, and nothing is lost.
func TestPopularity(t *testing.T) {
	rank := map[string]int{"a": 1, "b": 10, "c": 11, "d": 5000}
	s := metrics.NewSummary(metrics.Config{
		Classes: []metrics.ClassInfo{{Name: "page"}, {Name: "health", Bystander: true}}, Duration: 10 * time.Second, Window: time.Second, Timeout: 20 * time.Second,
		Rank: func(key string) int { return rank[key] },
	})
	for _, x := range []struct {
		rank    int
		outcome metrics.Outcome
	}{{1, metrics.FreshHit}, {1, metrics.FreshHit}, {10, metrics.Computed}, {11, metrics.ColdFailure}, {5000, metrics.Computed}, {0, metrics.Computed}} {
		r := page(time.Second, msec, x.outcome)
		r.Rank = x.rank
		s.Add(r)
	}
	beside := page(time.Second, msec, metrics.Served)
	beside.Class = 1
	s.Add(beside)
	for _, key := range []string{"b", "d", "d", "once"} {
		s.LoadStarted(key, time.Second)
	}
	run := s.Close()
	requests, loads := int64(0), int64(0)
	names := ""
	for _, p := range run.Popularity {
		requests, loads, names = requests+p.Requests, loads+*p.Computes, names+p.Keys+" "
	}
	if requests != run.Requests || loads != run.Computes || names != "1 2-10 11-100 101- unranked " {
		t.Errorf("%d requests of %d and %d loads of %d, in the groups %s", requests, run.Requests, loads, run.Computes, names)
	}
	hottest, cold := run.Popularity[0], run.Popularity[2]
	if hottest.Requests != 2 || *hottest.HitRatio != 1 || cold.Failures != 1 || cold.LatencyMS != nil || cold.EffectiveMS.P50 < 19_900 {
		t.Errorf("the hottest: %+v; 11 to 100: %+v", hottest, cold)
	}
	run.CountedElsewhere(nil)
	if run.Popularity[0].Computes != nil {
		t.Error("the loads that nobody counted are counted by popularity")
	}
}
