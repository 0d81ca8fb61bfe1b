package metrics

import (
	"cmp"
	"fmt"
)

// File is results.json: what one command made of one scenario. Durations are
// in milliseconds, ratios run from 0 to 1, and what did not happen is null.
type File struct {
	Schema   int    `json:"schema"` // 1
	Scenario string `json:"scenario"`
	About    string `json:"about"`
	Source   string `json:"source,omitempty"`
	Incident
	File  string `json:"file"`  // the scenario's path as it was given, or its name in the catalogue
	Clock string `json:"clock"` // "virtual" or "wall"

	// Command makes this file again.
	Command string `json:"command"`

	DurationMS float64 `json:"duration_ms"`
	WindowMS   float64 `json:"window_ms"` // width of one step of every Series

	// Classes names the classes of requests in the order of the scenario.
	Classes []ClassInfo `json:"classes"`
	Faults  []FaultMark `json:"faults"`
	Phases  []PhaseMark `json:"phases"`

	// Runs holds every strategy for every seed: the strategies in the order of
	// the scenario, and the seeds of each in ascending order.
	Runs []*Run `json:"runs"`

	Expectations []Expectation `json:"expectations"`
	Interrupted  bool          `json:"interrupted"` // Ctrl-C, or a run that could not be carried out: some runs are missing

	// Void says why the figures mean nothing, as a load that could not be held;
	// empty means that they do.
	Void string `json:"void,omitempty"`
}

// ClassInfo is a class of requests. A bystander never touches the cache and
// counts in no figure but its own.
type ClassInfo struct {
	Name      string `json:"name"`
	Bystander bool   `json:"bystander"`
}

// FaultMark is a fault on the timeline. One without an end has UntilMS nil.
type FaultMark struct {
	Label   string   `json:"label"`
	AtMS    float64  `json:"at_ms"`
	UntilMS *float64 `json:"until_ms"`

	Strategies []string `json:"strategies,omitempty"` // that alone have it; nil is all
}

// PhaseMark is a named part of the run.
type PhaseMark struct {
	Name   string  `json:"name"`
	FromMS float64 `json:"from_ms"`
	ToMS   float64 `json:"to_ms"`
	WarmUp bool    `json:"warm_up"` // counts in no figure
}

// Expectation is one line of the scenario's expect list, checked.
type Expectation struct {
	Text   string `json:"text"`
	Line   int    `json:"line"`          // in the file; 0 in an override
	Set    string `json:"set,omitempty"` // the override it is from, as "--set expect"
	Holds  bool   `json:"holds"`
	Reason string `json:"reason,omitempty"` // the values found

	Because string `json:"because,omitempty"` // where the figure comes from
	World   string `json:"world,omitempty"`   // where it is to hold: modelled, real or both
}

// Failure says in one sentence where an expectation of the scenario in file
// stands and why it does not hold.
func (x *Expectation) Failure(file string) string {
	place := cmp.Or(x.Set, fmt.Sprintf("%s:%d", file, x.Line))
	return fmt.Sprintf("%s: expected %s, but %s", place, x.Text, x.Reason)
}

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

// CacheStats counts the operations of the shared cache.
type CacheStats struct {
	Gets      int64 `json:"gets"`
	Sets      int64 `json:"sets"`
	Deletes   int64 `json:"deletes"`
	Locks     int64 `json:"locks"`
	BytesOut  int64 `json:"bytes_out"`
	Errors    int64 `json:"errors"`
	Evictions int64 `json:"evictions"`

	// BytesPeak is the most that values, keys and their administration took, summed
	// over the nodes; null where nobody looked.
	BytesPeak *int64 `json:"bytes_peak"`
}

// Generator says how well a load generator on the wall clock kept to its
// schedule.
type Generator struct {
	Scheduled   int64     `json:"scheduled"`
	Sent        int64     `json:"sent"`
	Late        int64     `json:"late"` // sent more than LateAfterMS behind the schedule
	Dropped     int64     `json:"dropped"`
	LateAfterMS float64   `json:"late_after_ms"`
	LatenessMS  Quantiles `json:"lateness_ms"`
}

// L1Stats counts the reads of the boxes' own caches.
type L1Stats struct {
	Hits   int64 `json:"hits"`
	Misses int64 `json:"misses"`
}

// QueueStats is the publish strategy's queue.
type QueueStats struct {
	Jobs      int64    `json:"jobs"`       // run
	Collapsed int64    `json:"collapsed"`  // not queued: one for the key was pending
	Dropped   int64    `json:"dropped"`    // not queued: the queue was full
	Outdated  int64    `json:"outdated"`   // results refused: a newer version was there
	AgeMaxMS  *float64 `json:"age_max_ms"` // longest wait of a job for a worker
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
