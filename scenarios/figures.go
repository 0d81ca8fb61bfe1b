package scenarios

import (
	"math"
	"strconv"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// figure is a result that expectations can name.
type figure struct {
	name string
	unit unit
	run  bool // known of the whole run only, not of a phase or a class
	doc  string
}

// figures lists the figures by the names that expectations use.
func figures() []figure {
	list := []figure{
		{"requests", count, false, "requests that arrived"},
		{"failures", count, false, "requests that got no answer they could use"},
		{"failure_ratio", share, false, "failures / requests"},
		{"hit_ratio", share, false, "fresh and stale hits / reads"},
		{"hit_ratio_old", share, false, "the same of the boxes without the newest release, while a deploy is on its way"},
		{"hit_ratio_new", share, false, "and of those with it, meanwhile"},
		{"mean", millis, false, "mean response time, from the intended arrival, failures included"},
		{"p50", millis, false, "response time that half of the requests do not exceed"},
		{"p90", millis, false, "response time that 90 % do not exceed"},
		{"p99", millis, false, "response time that 99 % do not exceed"},
		{"p999", millis, false, "response time that 99.9 % do not exceed"},
		{"max", millis, false, "longest response time"},
		{"age_p99", millis, false, "age at serve that 99 % of the served values do not exceed"},
		{"age_max", millis, false, "oldest served value's age at serve"},
		{"stale_served", count, false, "values served past their freshness"},
		{"outdated", count, false, "values served although the origin had a newer version"},
		{"staleness_p99", millis, false, "of those, the time since a newer version was written that 99 % do not exceed; 0 without any"},
		{"staleness_max", millis, false, "of those, the longest time since a newer version was written; 0 without any"},
		{"leaks", count, false, "pages of a user's that were served to somebody else"},
		{"victims", count, true, "users whose pages were served to others"},
		{"computes", count, true, "origin loads begun"},
		{"duplicate_computes", count, true, "origin loads begun while another of the same key was under way"},
		{"herd_peak", count, true, "most origin loads of one key at once"},
		{"origin_in_flight_peak", count, true, "most origin loads at once"},
		{"load_errors", count, true, "origin loads that failed, those included for which nobody waited and those of a warm-up"},
		{"cache_gets", count, true, "reads of the shared cache"},
		{"computes_per_s", rate, false, "origin loads begun a second, while the traffic lasts; of no class"},
		{"cache_gets_per_s", rate, false, "reads of the shared cache a second, while the traffic lasts; of no class"},
		{"cache_gets_peak", count, true, "most reads of the shared cache in one window"},
		{"cache_sets", count, true, "writes to the shared cache"},
		{"cache_deletes", count, true, "deletes in the shared cache"},
		{"cache_bytes_peak", size, true, "most bytes that values, keys and their administration took in the cache nodes, summed over them"},
		{"evictions", count, true, "values that full cache nodes, or processes, gave up"},
		{"ejections", count, true, "boxes that the balancer's health check took out"},
		{"cpu", share, true, "share of the boxes' cores that was asked for, above 100 % where it was more than there is; without a value where cores are without limit"},
		{"entries", count, true, "entries in the fullest file cache of a box at the end"},
		{"entries_peak", count, true, "most entries at once in the file cache of one box"},
		{"disk_bytes", size, true, "bytes in the largest file cache of a box at the end"},
		{"culls", count, true, "culls of the boxes' file caches"},
		{"culled", count, true, "entries that those removed"},
		{"set_cpu", millis, true, "mean CPU time of a write to a file cache for the sake of the other entries"},
		{"attempts", count, true, "requests sent, retries included"},
		{"queue_age_max", millis, true, "longest wait of a publish job for a worker"},
		{"compute_rate_max", rate, true, "most origin loads begun in a second, over one step of the figures over time"},
		{"warm_computes", count, true, "origin loads before the requests began"},
		{"warm_time", millis, true, "how long the requests had to wait for the warm-up before them"},
		{"warmer_runs", count, true, "runs that the warmers began"},
		{"warmer_skipped", count, true, "runs that they left out, since one was going on"},
		{"warmer_at_once", count, true, "most runs of one warmer at once"},
		{"warmer_computes", count, true, "origin loads that the warmers began, which are among computes"},
		{"warmer_run_max", millis, true, "the longest of their runs; 0 without any"},
	}
	for o := range strategies.NumOutcomes {
		list = append(list, figure{strategies.Outcome(o).String(), count, false, "requests with this outcome"})
	}
	return list
}

// findFigure looks a figure up by its name.
func findFigure(name string) (figure, bool) {
	for _, f := range figures() {
		if f.name == name {
			return f, true
		}
	}
	return figure{}, false
}

func figureNames(scoped bool) []string {
	var list []string
	for _, f := range figures() {
		if !scoped || !f.run {
			list = append(list, f.name)
		}
	}
	return list
}

// format writes a value of the figure as an expectation would.
func (f figure) format(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "no number"
	case f.unit == millis && math.Abs(v) < 1e12:
		return spellDuration(time.Duration(math.Round(v * 1e6)).Round(time.Microsecond))
	case f.unit == share:
		return strconv.FormatFloat(math.Round(v*1e4)/1e2, 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
}
