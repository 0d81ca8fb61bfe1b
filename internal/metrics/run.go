package metrics

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Run is one strategy under one seed. The headline figures count the requests
// of the classes that use the cache, not the bystanders.
type Run struct {
	Strategy string `json:"strategy"`
	Kind     string `json:"kind"` // the catalogue's name of the strategy
	Part
	Seed uint64 `json:"seed"`

	// SettingsHash is the hash of the settings the run was made under, its seed left out:
	// runs of which it differs are no runs of one thing ([Settings]).
	SettingsHash string `json:"settings_hash,omitempty"`

	Figures

	// WarmComputes are the loads of a warm-up before the traffic, which are not among
	// Loads, and WarmMS is what the traffic had to wait for it: a strategy that computes
	// ahead pays there for what it saves later.
	WarmComputes int64   `json:"warm_computes"`
	WarmMS       float64 `json:"warm_ms"`

	Loads

	// ComputeRateMax is the most loads begun a second, over one window. It depends on
	// the window's width: two scenarios compare where theirs are the same.
	ComputeRateMax float64 `json:"compute_rate_max"`

	// LoadsUnknown is set where nobody counted the loads: Loads and the figures made of
	// them mean nothing.
	LoadsUnknown bool `json:"loads_unknown,omitempty"`

	// CacheGetsPeak is the most reads of the shared cache in one window; null without any.
	CacheGetsPeak *int64 `json:"cache_gets_peak"`

	Cache *CacheStats `json:"cache"` // null where nobody counted
	L1    *L1Stats    `json:"l1"`
	Queue *QueueStats `json:"queue"` // of the publish strategy
	Disk  *DiskStats  `json:"disk"`  // of the boxes' file caches

	// CPU is the share of the boxes' cores that was asked for, above 1 where it was
	// more than there is; null where cores are without limit.
	CPU *float64 `json:"cpu"`

	Warmers *WarmerStats `json:"warmers,omitempty"` // jobs that compute ahead of the readers; nil without any

	// What the strategies count of themselves: locks that expired under their owner,
	// values computed and not stored, refreshes that failed and left the old value, and
	// loads that failed as the strategy saw them, which it may give up before they end.
	LocksLost     int64 `json:"locks_lost"`
	Discarded     int64 `json:"discarded"`
	RefreshErrors int64 `json:"refresh_errors"`
	LoadErrors    int64 `json:"load_errors"`

	Ejections int64 `json:"ejections"` // boxes taken out by the balancer's health check
	Crashes   int64 `json:"crashes"`

	// Attempts are the requests sent, retries included: what the boxes had to bear, where
	// Requests is what the users wanted.
	Attempts int64 `json:"attempts"`

	Victims int64 `json:"victims,omitempty"` // users whose pages were served to others

	// On the wall clock: latency from dispatch, and how the load generator kept to its
	// schedule. A run whose generator fell behind measured the generator.
	ServiceMS *Latency   `json:"service_ms,omitempty"`
	Generator *Generator `json:"generator,omitempty"`

	// Statuses are the answers of a program that is not the lab's, retries included: by
	// status of HTTP, or by why there was none.
	Statuses map[string]int64 `json:"statuses,omitempty"`

	// All are the figures of every class, and Bystanders those of the classes that never
	// touch the cache; nil where there is none. Figures leaves bystanders out.
	All        Figures  `json:"all"`
	Bystanders *Figures `json:"bystanders"`

	Classes map[string]Figures `json:"classes"`
	Phases  map[string]Figures `json:"phases"`

	// Popularity is the run taken apart by how popular the keys are, the most popular
	// first; nil where they are all alike, or nobody knows.
	Popularity []Popularity `json:"popularity,omitempty"`

	Warnings []string `json:"warnings"`

	// Marks are what the fleet did by itself and a figure may show, in order; of the like
	// in a row, the first. Nil without any.
	Marks []Mark `json:"marks,omitempty"`

	// Events of the virtual clock, and a hash over all of them in their order: where two
	// runs that are to be the same differ, it tells that without a diff of their files.
	Events    int64  `json:"events,omitempty"`
	TraceHash string `json:"trace_hash,omitempty"`

	// Resources are what could have been full: workers, queues, links, slots. What has no
	// limit, or nobody could measure, is none of them, but for those who wait for a lock.
	Resources []Resource `json:"resources"`

	// Timelines are single requests, step by step: the slowest, and failures of each
	// cause. There are none unless they were asked for.
	Timelines []Timeline `json:"timelines,omitempty"`

	Series Series `json:"series"`

	// Percentiles is the distribution of LatencyMS for drawing: at rising shares of
	// the usable answers, up to the one that only the slowest exceeds.
	Percentiles []Percentile `json:"percentiles"`

	// Histogram is the histogram of LatencyMS in HDR's V2 compressed form, base64:
	// nanoseconds, to 3 significant digits or a microsecond, whichever is coarser.
	// Histograms of several runs merge exactly. FailedHistogram is likewise that of the
	// time until a failure was known. Each is empty without a value.
	Histogram       string `json:"histogram"`
	FailedHistogram string `json:"failed_histogram,omitempty"`
}

// Figures are the figures of one set of requests: of a run, a phase or a class. How
// each is called, which way is better and where it is printed stands in the table of
// internal/figures.
type Figures struct {
	Requests int64 `json:"requests"`
	Writes   int64 `json:"writes"` // of Requests

	// HitRatio is (fresh + stale hits) / reads, of the classes that are cached. The other
	// two are that of the boxes without the newest release and of those with it, while
	// a deploy was on its way: new keys begin with an empty cache.
	HitRatio    *float64 `json:"hit_ratio"`
	HitRatioOld *float64 `json:"hit_ratio_old"`
	HitRatioNew *float64 `json:"hit_ratio_new"`

	// ComputesPerS are the origin loads begun a second, and CacheGetsPerS the reads of the
	// shared cache. A load is of a key, which several classes may ask for: of a class
	// there is neither.
	ComputesPerS  *float64 `json:"computes_per_s"`
	CacheGetsPerS *float64 `json:"cache_gets_per_s"`

	Failures    int64      `json:"failures"`
	Outcomes    Outcomes   `json:"outcomes"`
	LatencyMS   *Latency   `json:"latency_ms"`   // of usable answers, from the intended arrival
	EffectiveMS *Latency   `json:"effective_ms"` // of all requests: a failure counts as the client's time-out, or as longer if it took longer
	FailedMS    *Quantiles `json:"failed_ms"`    // until a failure was known
	AgeMS       *Quantiles `json:"age_ms"`       // of the values served, at serve
	StalenessMS *Quantiles `json:"staleness_ms"` // since the served version was superseded; of Outdated only
	StaleServed int64      `json:"stale_served"` // served past their freshness (stale_hit)
	Outdated    int64      `json:"outdated"`     // served although the origin had a newer version

	Leaks int64 `json:"leaks,omitempty"` // pages of a user's that were served to somebody else
}

// Loads are the counts of the origin's loads, whoever began them: requests, refreshes,
// jobs or warmers. Those that began during a warm-up phase are not among them, but are
// under way for those that are.
type Loads struct {
	Computes           int64 `json:"computes"`              // begun
	DuplicateComputes  int64 `json:"duplicate_computes"`    // begun while another of the same key was under way
	HerdPeak           int64 `json:"herd_peak"`             // most of one key at once
	OriginInFlightPeak int64 `json:"origin_in_flight_peak"` // most at once
}

// Latency in milliseconds. The mean is exact, and of little use on its own: most of
// what hurts is in the tail.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

// Quantiles in milliseconds, of what is kept to 1 % only: see newHistogram.
type Quantiles struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Percentile is one point of a distribution: the share of requests that took
// at most MS.
type Percentile struct {
	Share float64 `json:"share"`
	MS    float64 `json:"ms"`
}

// Distribution is the whole latency distribution of the run: at every duration
// that a request took, the share of the requests that took at most so long. Of a
// run whose Histogram does not say, it is its Percentiles.
func (r *Run) Distribution() []Percentile {
	// The file keeps the histogram and sixty points to draw: all the points of all the
	// runs would be most of the file.
	h, err := hdrhistogram.Decode([]byte(r.Histogram))
	if err != nil || h.TotalCount() == 0 {
		return r.Percentiles
	}
	var points []Percentile
	var sum int64
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			sum += bar.Count
			points = append(points, Percentile{Share: float64(sum) / float64(h.TotalCount()), MS: ms(bar.From)})
		}
	}
	return points
}

// CountedElsewhere puts the counts of an origin that is no part of the world in the
// place of those that nobody told the summary of; nil is that nobody has counted. When
// the loads were is not known, and so there is no rate and no series of them.
func (r *Run) CountedElsewhere(loads *Loads) {
	if r.LoadsUnknown = loads == nil; loads != nil {
		r.Loads = *loads
	}
	r.Series.Herd, r.Series.InFlight, r.Series.Computes = nil, nil, nil
	r.ComputeRateMax, r.ComputesPerS = 0, nil
	for i := range r.Popularity {
		r.Popularity[i].Computes = nil
	}
	for name, f := range r.Phases {
		f.ComputesPerS = nil
		r.Phases[name] = f
	}
}

// HitsUnknown takes away every hit ratio: no answer has said whether it came from a cache,
// and a ratio of 0 would.
func (r *Run) HitsUnknown() {
	r.HitRatio, r.All.HitRatio = nil, nil
	for _, of := range []map[string]Figures{r.Classes, r.Phases} {
		for name, f := range of {
			f.HitRatio = nil
			of[name] = f
		}
	}
	for i := range r.Series.HitRatio {
		r.Series.HitRatio[i] = math.NaN()
	}
	for i := range r.Popularity {
		r.Popularity[i].HitRatio = nil
	}
}
