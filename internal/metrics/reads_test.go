package metrics_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

func TestCacheReads(t *testing.T) {
	const s = time.Second
	summary := metrics.NewSummary(metrics.Config{
		Classes: []metrics.ClassInfo{{Name: "page"}}, Duration: 10 * s, Window: s,
		Phases: []metrics.Phase{{Name: "warm", From: 0, To: 2 * s, WarmUp: true}, {Name: "rest", From: 2 * s, To: 10 * s}},
	})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for _, at := range []time.Duration{0, s, s, 2 * s, 5 * s, 5*s + 1, 6*s - 1, 9 * s, 10 * s, time.Hour} {
				summary.CacheRead(at)
			}
		})
	}
	all.Wait()
	run := summary.Close()
	if want := []int64{2, 4, 2, 0, 0, 6, 0, 0, 0, 2}; !slices.Equal(run.Series.CacheGets, want) {
		t.Errorf("reads %v, want %v", run.Series.CacheGets, want)
	}
	if *run.CacheGetsPeak != 6 || *run.CacheGetsPerS != 10.0/8 {
		t.Errorf("at most %d, and %v a second", *run.CacheGetsPeak, *run.CacheGetsPerS)
	}
	if warm, rest := run.Phases["warm"].CacheGetsPerS, run.Phases["rest"].CacheGetsPerS; *warm != 3 || *rest != 10.0/8 {
		t.Errorf("%v a second while it warms up, %v after it", *warm, *rest)
	}
	if run.Classes["page"].CacheGetsPerS != nil {
		t.Error("a class has reads of its own")
	}
}

func TestNoCacheReads(t *testing.T) {
	run := metrics.NewSummary(metrics.Config{Classes: []metrics.ClassInfo{{Name: "page"}}, Duration: time.Second, Window: time.Second}).Close()
	if run.CacheGetsPeak != nil || run.CacheGetsPerS != nil || run.Series.CacheGets == nil || len(run.Series.CacheGets) != 0 {
		t.Errorf("%v, %v, %v", run.CacheGetsPeak, run.CacheGetsPerS, run.Series.CacheGets)
	}
}
