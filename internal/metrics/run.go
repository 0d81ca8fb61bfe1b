package metrics

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

	Computes           int64 `json:"computes"`              // origin loads begun
	DuplicateComputes  int64 `json:"duplicate_computes"`    // begun while another of the same key was under way
	HerdPeak           int64 `json:"herd_peak"`             // most loads of one key at once
	OriginInFlightPeak int64 `json:"origin_in_flight_peak"` // most loads at once

	ComputeRateMax float64 `json:"compute_rate_max"` // most loads begun a second, over one window

	// LoadsUnknown is set where nobody counted the loads: the four figures above
	// mean nothing.
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

// Series are the figures over time, one value per window; a request belongs to
// the window of its intended arrival. Empty windows are null (NaN).
type Series struct {
	Requests []int64 `json:"requests"`
	P50      Floats  `json:"p50_ms"`
	P90      Floats  `json:"p90_ms"`
	P99      Floats  `json:"p99_ms"`
	Max      Floats  `json:"max_ms"`
	HitRatio Floats  `json:"hit_ratio"`

	// Of the boxes without the newest release and of those with it, while there
	// were both; empty where that never was.
	HitRatioOld Floats `json:"hit_ratio_old"`
	HitRatioNew Floats `json:"hit_ratio_new"`

	// Failures by cause; a cause that never occurred has no entry.
	Failures map[string][]int64 `json:"failures"`

	Herd     []int64 `json:"herd"`             // peak of concurrent loads of one key
	InFlight []int64 `json:"origin_in_flight"` // peak of concurrent loads in all
	Computes []int64 `json:"computes"`         // loads begun

	CacheGets []int64 `json:"cache_gets"` // reads of the shared cache; empty without any

	AgeP50 Floats `json:"age_p50_ms"`
	AgeMax Floats `json:"age_max_ms"`

	// Of outdated answers; absent where there were none.
	Outdated     []int64 `json:"outdated,omitempty"`
	StalenessMax Floats  `json:"staleness_max_ms,omitempty"`

	BystanderP99 Floats `json:"bystander_p99_ms"` // of all bystander classes; empty without one

	Leaks []int64 `json:"leaks,omitempty"` // absent where there were none
	// Boxes are the first few boxes, where they have file caches.
	Boxes []BoxSeries `json:"boxes,omitempty"`
}
