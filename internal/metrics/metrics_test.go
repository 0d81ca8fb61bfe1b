package metrics_test

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/workloads"
)

const msec = time.Millisecond

func summary(phases ...metrics.Phase) *metrics.Summary {
	return metrics.NewSummary(metrics.Config{
		Classes:  []metrics.ClassInfo{{Name: "page"}, {Name: "bystander", Bystander: true}},
		Duration: 10 * time.Second, Window: time.Second, Phases: phases, Timeout: 20 * time.Second,
	})
}

// page is a request of the first class that arrived at an instant.
func page(at, latency time.Duration, o metrics.Outcome) *metrics.Record {
	return &metrics.Record{Request: workloads.Request{At: at}, Done: at + latency, Outcome: o, Attempts: 1, Age: -1, Staleness: -1}
}

func TestFigures(t *testing.T) {
	s := summary()
	for i := range 100 {
		s.Add(page(time.Duration(i)*100*msec, time.Duration(i+1)*msec, metrics.FreshHit))
	}
	s.Add(page(0, 2*time.Second, metrics.Computed))
	s.Add(page(0, 3*time.Second, metrics.Timeout))
	old := page(0, msec, metrics.StaleHit)
	old.Age, old.Staleness = 5*time.Second, time.Second
	s.Add(old)
	write := page(0, msec, metrics.Written)
	write.Op = workloads.Write
	s.Add(write)
	other := page(0, time.Hour, metrics.Served)
	other.Class = 1
	s.Add(other)

	run := s.Close()
	if run.Requests != 104 || run.Writes != 1 || run.Failures != 1 || run.StaleServed != 1 || run.Outdated != 1 || run.Attempts != 104 {
		t.Errorf("counts: %+v", run.Figures)
	}
	if want := 101.0 / 103; *run.HitRatio != want {
		t.Errorf("hit ratio %v, want %v: writes are not reads", *run.HitRatio, want)
	}
	if l := run.LatencyMS; l.Max != 2000 || l.P50 < 50 || l.P50 > 51 {
		t.Errorf("latency %+v: neither the failure nor the bystander may count", l)
	}
	if l := run.EffectiveMS; l.Max != 20_000 || run.FailedMS.Max != 3000 || run.FailedMS.P50 < 2999 {
		t.Errorf("effective latency %+v, failures %+v: a failure counts as the client's time-out, and failed when it failed", l, run.FailedMS)
	}
	if run.All.Requests != 105 || run.All.LatencyMS.Max != 3.6e6 || run.Bystanders.Requests != 1 {
		t.Errorf("all %+v, bystanders %+v", run.All, run.Bystanders)
	}
	if a := run.AgeMS; a.Max != 5000 || run.StalenessMS.Max != 1000 {
		t.Errorf("age %+v", a)
	}
	if b := run.Classes["bystander"]; b.Requests != 1 || b.LatencyMS.Max != 3.6e6 || b.HitRatio != nil {
		t.Errorf("bystander %+v", b)
	}
}

func TestNothingHappenedIsNull(t *testing.T) {
	run := summary().Close()
	if run.HitRatio != nil || run.LatencyMS != nil || run.AgeMS != nil {
		t.Errorf("%+v", run.Figures)
	}
	b, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var back metrics.Run
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Series.P99) != 10 || !math.IsNaN(back.Series.P99[3]) {
		t.Errorf("series %v", back.Series.P99)
	}
}

func TestSeries(t *testing.T) {
	s := summary()
	s.Add(page(500*msec, 5*time.Second, metrics.ColdFailure)) // belongs to its arrival
	s.Add(page(1500*msec, 20*msec, metrics.FreshHit))
	s.Add(page(1600*msec, 10*msec, metrics.Computed))
	s.Add(page(11*time.Second, msec, metrics.FreshHit)) // past the traffic: in the totals only
	run := s.Close()
	if got := run.Series.Requests; !slices.Equal(got, []int64{1, 2, 0, 0, 0, 0, 0, 0, 0, 0}) {
		t.Errorf("requests %v", got)
	}
	if got := run.Series.Failures; !reflect.DeepEqual(got, map[string][]int64{"cold_failure": {1, 0, 0, 0, 0, 0, 0, 0, 0, 0}}) {
		t.Errorf("failures %v", got)
	}
	if s := run.Series; !math.IsNaN(s.Max[0]) || s.EffectiveP99[0] < 19_900 || s.EffectiveP99[1] > 21 {
		t.Errorf("max %v, effective p99 %v: a failure is no answer, and a slow one", s.Max[:2], s.EffectiveP99[:2])
	}
	if run.Series.HitRatio[1] != 0.5 || run.Series.Max[1] != 20 || !math.IsNaN(run.Series.Max[2]) {
		t.Errorf("hit ratio %v, max %v", run.Series.HitRatio, run.Series.Max)
	}
	if run.Requests != 4 {
		t.Errorf("%d requests", run.Requests)
	}
}

func TestHerd(t *testing.T) {
	s := summary()
	for range 3 {
		s.LoadStarted("a", 500*msec)
	}
	s.LoadStarted("b", 600*msec)
	s.LoadEnded("a", 700*msec)
	s.LoadEnded("b", 800*msec)
	s.LoadEnded("a", 2500*msec) // two of a went on through window 1
	s.LoadStarted("c", 3500*msec)
	s.LoadEnded("a", 4100*msec)
	s.LoadEnded("c", 4200*msec)
	s.LoadStarted("late", 12*time.Second) // after the end: of no window
	s.LoadEnded("late", 13*time.Second)
	run := s.Close()
	if run.Computes != 6 || run.DuplicateComputes != 2 || run.HerdPeak != 3 || run.OriginInFlightPeak != 4 {
		t.Errorf("computes %d, duplicates %d, herd %d, in flight %d", run.Computes, run.DuplicateComputes, run.HerdPeak, run.OriginInFlightPeak)
	}
	if got := run.Series.Herd; !slices.Equal(got, []int64{3, 2, 2, 1, 1, 0, 0, 0, 0, 1}) {
		t.Errorf("herd %v", got)
	}
	if got := run.Series.InFlight; !slices.Equal(got, []int64{4, 2, 2, 2, 2, 0, 0, 0, 0, 1}) {
		t.Errorf("in flight %v", got)
	}
	if got := run.Series.Computes; !slices.Equal(got, []int64{4, 0, 0, 1, 0, 0, 0, 0, 0, 0}) {
		t.Errorf("computes %v", got)
	}
}

func TestWarmUpCountsInNoFigure(t *testing.T) {
	s := summary(metrics.Phase{Name: "warm", To: 5 * time.Second, WarmUp: true}, metrics.Phase{Name: "main", From: 5 * time.Second, To: 10 * time.Second})
	s.Add(page(time.Second, time.Minute, metrics.Timeout))
	s.LoadStarted("k", time.Second)
	s.LoadEnded("k", 2*time.Second)
	s.Add(page(5*time.Second, msec, metrics.FreshHit))
	run := s.Close()
	if run.Requests != 1 || run.Failures != 0 || run.Computes != 0 || run.HerdPeak != 0 {
		t.Errorf("%+v", run.Figures)
	}
	if run.Phases["warm"].Failures != 1 || run.Phases["main"].Requests != 1 {
		t.Errorf("phases %+v", run.Phases)
	}
	if run.Series.Herd[1] != 1 || run.Series.Requests[1] != 1 {
		t.Error("the series show the warm-up too")
	}
}

// The histogram in the file decodes with HDR's own library, and merges exactly.
func TestHistogramMerges(t *testing.T) {
	a, b := summary(), summary()
	for i := range 1000 {
		a.Add(page(0, time.Duration(i+1)*msec, metrics.FreshHit))
		b.Add(page(0, time.Duration(i+1001)*msec, metrics.FreshHit))
	}
	first := decode(t, a.Close().Histogram)
	first.Merge(decode(t, b.Close().Histogram))
	if n := first.TotalCount(); n != 2000 {
		t.Errorf("%d values, want 2000", n)
	}
	if got := float64(first.ValueAtQuantile(50)) / 1e6; got < 1000 || got > 1002 {
		t.Errorf("median %v ms, want 1000 to 0.1 %%", got)
	}
}

func decode(t *testing.T, s string) *hdrhistogram.Histogram {
	t.Helper()
	h, err := hdrhistogram.Decode([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPercentilesRise(t *testing.T) {
	s := summary()
	for i := range 12345 {
		s.Add(page(0, time.Duration(i)*time.Microsecond, metrics.FreshHit))
	}
	points := s.Close().Percentiles
	for i := 1; i < len(points); i++ {
		if points[i].Share <= points[i-1].Share || points[i].MS < points[i-1].MS {
			t.Fatalf("point %d does not rise: %v, %v", i, points[i-1], points[i])
		}
	}
	if last := points[len(points)-1]; last.Share != 1 || last.MS != 12.344 {
		t.Errorf("the last point is %v", last)
	}
}

func TestOutcomesInJSON(t *testing.T) {
	var c metrics.Outcomes
	c[metrics.ColdFailure] = 999
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back metrics.Outcomes
	if err := json.Unmarshal(b, &back); err != nil || back != c {
		t.Errorf("%s: %v, %v", b, back, err)
	}
	if err := json.Unmarshal([]byte(`{"nonsense":1}`), &back); err == nil {
		t.Error("an unknown outcome is accepted")
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	s := summary()
	r := page(0, msec, metrics.FreshHit)
	r.Age = msec
	if n := testing.AllocsPerRun(100, func() { s.Add(r) }); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

// The distribution of a run is its histogram, value by value.
func TestDistribution(t *testing.T) {
	s := summary()
	for _, d := range []time.Duration{5 * msec, 5 * msec, 20 * msec, 700 * msec} {
		s.Add(page(0, d, metrics.FreshHit))
	}
	run := s.Close()
	want := []metrics.Percentile{{Share: 0.5, MS: 5}, {Share: 0.75, MS: 20}, {Share: 1, MS: 700}}
	check := func(got []metrics.Percentile) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for i, p := range got {
			if p.Share != want[i].Share || math.Abs(p.MS-want[i].MS) > want[i].MS/1000 {
				t.Errorf("%v, want %v", p, want[i])
			}
		}
	}
	check(run.Distribution())
	want, run.Percentiles, run.Histogram = []metrics.Percentile{{Share: 1, MS: 700}}, []metrics.Percentile{{Share: 1, MS: 700}}, "cut off"
	check(run.Distribution())
}
