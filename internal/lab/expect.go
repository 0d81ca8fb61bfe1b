package lab

import (
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
)

// check evaluates the scenario's expectations; over several seeds a figure is
// its median.
func check(sc *scenarios.Scenario, runs []*metrics.Run) []metrics.Expectation {
	results := []metrics.Expectation{}
	for _, x := range sc.Expect {
		holds, reason := x.Check(func(phase, strategy, class, metric string) (float64, bool) {
			return Figure(runs, phase, strategy, class, metric)
		})
		results = append(results, metrics.Expectation{Text: x.Text, Line: x.Line, Set: x.Set, Holds: holds, Reason: reason, Because: oneLine(x.Because), World: x.World})
	}
	return results
}

// Figure is the median of one figure over the seeds of a strategy, by the names
// that an expectation uses; phase and class are "" for the whole. It has no
// value where one seed has none.
func Figure(runs []*metrics.Run, phase, strategy, class, metric string) (float64, bool) {
	var values []float64
	for _, run := range runs {
		if run.Strategy != strategy {
			continue
		}
		v, ok := figure(run, phase, class, metric)
		if !ok {
			return 0, false
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return 0, false
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2, true
}

// figure is one number of a run, by the name it has in an expectation.
func figure(run *metrics.Run, phase, class, metric string) (float64, bool) {
	f := run.Figures
	switch {
	case class != "":
		f = run.Classes[class]
	case phase != "":
		f = run.Phases[phase]
	}
	if v, ok := ofFigures(f, metric); ok {
		return v, true
	}
	if phase != "" || class != "" {
		return 0, false
	}
	return ofRun(run, metric)
}

// ofFigures is a figure that any set of requests has.
func ofFigures(f metrics.Figures, metric string) (float64, bool) {
	switch metric {
	case "requests":
		return float64(f.Requests), true
	case "failures":
		return float64(f.Failures), true
	case "failure_ratio":
		if f.Requests == 0 {
			return 0, false
		}
		return float64(f.Failures) / float64(f.Requests), true
	case "hit_ratio":
		if f.HitRatio == nil {
			return 0, false
		}
		return *f.HitRatio, true
	case "computes_per_s":
		if f.ComputesPerS == nil {
			return 0, false
		}
		return *f.ComputesPerS, true
	case "cache_gets_per_s":
		if f.CacheGetsPerS == nil {
			return 0, false
		}
		return *f.CacheGetsPerS, true
	case "hit_ratio_old", "hit_ratio_new":
		v := f.HitRatioOld
		if metric == "hit_ratio_new" {
			v = f.HitRatioNew
		}
		if v == nil {
			return 0, false
		}
		return *v, true
	case "stale_served":
		return float64(f.StaleServed), true
	case "outdated":
		return float64(f.Outdated), true
	case "leaks":
		return float64(f.Leaks), true
	}
	if o := slices.Index(metrics.OutcomeNames[:], metric); o >= 0 {
		return float64(f.Outcomes[o]), true
	}
	if age, ok := strings.CutPrefix(metric, "age_"); ok && f.AgeMS != nil {
		v, ok := map[string]float64{"p50": f.AgeMS.P50, "p99": f.AgeMS.P99, "max": f.AgeMS.Max}[age]
		return v, ok
	}
	if late, ok := strings.CutPrefix(metric, "staleness_"); ok {
		if f.StalenessMS == nil {
			return 0, true // none was outdated
		}
		v, ok := map[string]float64{"p99": f.StalenessMS.P99, "max": f.StalenessMS.Max}[late]
		return v, ok
	}
	if l := f.LatencyMS; l != nil {
		v, ok := map[string]float64{
			"mean": l.Mean, "p50": l.P50, "p90": l.P90, "p99": l.P99, "p999": l.P999, "max": l.Max,
		}[metric]
		return v, ok
	}
	return 0, false
}

// ofRun is a figure of the whole run.
func ofRun(run *metrics.Run, metric string) (float64, bool) {
	if metric == "queue_age_max" {
		if run.Queue == nil || run.Queue.AgeMaxMS == nil {
			return 0, false
		}
		return *run.Queue.AgeMaxMS, true
	}
	if v, ok, mine := warmingFigure(run, metric); mine {
		return v, ok
	}
	if metric == "cache_gets_peak" {
		if run.CacheGetsPeak == nil {
			return 0, false
		}
		return float64(*run.CacheGetsPeak), true
	}
	if metric == "cache_bytes_peak" {
		if run.Cache == nil || run.Cache.BytesPeak == nil {
			return 0, false
		}
		return float64(*run.Cache.BytesPeak), true
	}
	if v, has, known := ofBoxes(run, metric); known {
		return v, has
	}
	cache := run.Cache
	if cache == nil {
		if slices.Contains([]string{"cache_gets", "cache_sets", "cache_deletes", "evictions"}, metric) {
			return 0, false
		}
		cache = new(metrics.CacheStats)
	}
	counts := map[string]int64{
		"computes": run.Computes, "duplicate_computes": run.DuplicateComputes, "herd_peak": run.HerdPeak,
		"origin_in_flight_peak": run.OriginInFlightPeak, "cache_gets": cache.Gets, "cache_sets": cache.Sets, "cache_deletes": cache.Deletes,
		"evictions": cache.Evictions, "attempts": run.Attempts, "victims": run.Victims, "load_errors": run.LoadErrors, "ejections": run.Ejections,
	}
	v, ok := counts[metric]
	if run.LoadsUnknown && slices.Contains([]string{"computes", "duplicate_computes", "herd_peak", "origin_in_flight_peak", "load_errors"}, metric) {
		return 0, false
	}
	return float64(v), ok
}
