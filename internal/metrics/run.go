package metrics

import "github.com/HdrHistogram/hdrhistogram-go"

// Run is one strategy under one seed. The headline figures count the requests
// of the classes that use the cache, not the bystanders.
type Run struct {
	Strategy string `json:"strategy"`
	Kind     string `json:"kind"` // the catalogue's name of the strategy
	Part
	Seed uint64 `json:"seed"`

	Figures

	WarmComputes int64   `json:"warm_computes"` // loads of a warm-up before the traffic, in none of these:
	WarmMS       float64 `json:"warm_ms"`       // what the traffic had to wait for it

	Loads

	ComputeRateMax float64 `json:"compute_rate_max"` // most loads begun a second, over one window

	// LoadsUnknown is set where nobody counted the loads: Loads and the figures made of
	// them mean nothing.
	LoadsUnknown bool `json:"loads_unknown,omitempty"`

	CacheGetsPeak *int64 `json:"cache_gets_peak"` // most reads of the shared cache in one window

	Cache *CacheStats `json:"cache"` // null where nobody counted
	L1    *L1Stats    `json:"l1"`
	Queue *QueueStats `json:"queue"` // of the publish strategy
	Disk  *DiskStats  `json:"disk"`  // of the boxes' file caches

	// CPU is the share of the boxes' cores that was asked for, above 1 where it was
	// more than there is; null where cores are without limit.
	CPU *float64 `json:"cpu"`

	Warmers *WarmerStats `json:"warmers,omitempty"` // jobs that compute ahead of the readers; nil without any

	LocksLost     int64 `json:"locks_lost"`
	Discarded     int64 `json:"discarded"`
	RefreshErrors int64 `json:"refresh_errors"`
	LoadErrors    int64 `json:"load_errors"`

	Ejections int64 `json:"ejections"` // boxes taken out by the balancer's health check
	Crashes   int64 `json:"crashes"`

	Attempts int64 `json:"attempts"` // requests sent, retries included

	Victims int64 `json:"victims,omitempty"` // users whose pages were served to others

	// On the wall clock: latency from dispatch, and the load generator.
	ServiceMS *Latency   `json:"service_ms,omitempty"`
	Generator *Generator `json:"generator,omitempty"`

	Classes map[string]Figures `json:"classes"`
	Phases  map[string]Figures `json:"phases"`

	Warnings []string `json:"warnings"`

	Events    int64  `json:"events,omitempty"`     // of the virtual clock
	TraceHash string `json:"trace_hash,omitempty"` // of those events, in order

	Series Series `json:"series"`

	// Percentiles is the latency distribution for drawing: at rising shares of
	// the requests, up to the one that only the slowest request exceeds.
	Percentiles []Percentile `json:"percentiles"`

	// Histogram is the latency histogram in HDR's V2 compressed form, base64:
	// nanoseconds, to 3 significant digits or a microsecond, whichever is coarser.
	// Histograms of several runs merge exactly.
	Histogram string `json:"histogram"`
}

// Figures are the figures of one set of requests.
type Figures struct {
	Requests    int64    `json:"requests"`
	Writes      int64    `json:"writes"`        // of Requests
	HitRatio    *float64 `json:"hit_ratio"`     // (fresh + stale hits) / reads, of the classes that are cached
	HitRatioOld *float64 `json:"hit_ratio_old"` // of the boxes without the newest release, while there were some
	HitRatioNew *float64 `json:"hit_ratio_new"` // of those with it, meanwhile

	ComputesPerS  *float64 `json:"computes_per_s"`   // origin loads begun a second; null of a class, and where nobody counted
	CacheGetsPerS *float64 `json:"cache_gets_per_s"` // reads of the shared cache a second; null of a class, and without any

	Failures    int64      `json:"failures"`
	Outcomes    Outcomes   `json:"outcomes"`
	LatencyMS   *Latency   `json:"latency_ms"`   // from the intended arrival, failures included
	AgeMS       *Quantiles `json:"age_ms"`       // of the values served, at serve
	StalenessMS *Quantiles `json:"staleness_ms"` // since the served version was superseded; of Outdated only
	StaleServed int64      `json:"stale_served"` // served past their freshness (stale_hit)
	Outdated    int64      `json:"outdated"`     // served although the origin had a newer version

	Leaks int64 `json:"leaks,omitempty"` // pages of a user's that were served to somebody else
}

// Loads are the counts of the origin's loads.
type Loads struct {
	Computes           int64 `json:"computes"`              // begun
	DuplicateComputes  int64 `json:"duplicate_computes"`    // begun while another of the same key was under way
	HerdPeak           int64 `json:"herd_peak"`             // most of one key at once
	OriginInFlightPeak int64 `json:"origin_in_flight_peak"` // most at once
}

// Latency in milliseconds.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

// Quantiles in milliseconds.
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
	for name, f := range r.Phases {
		f.ComputesPerS = nil
		r.Phases[name] = f
	}
}
