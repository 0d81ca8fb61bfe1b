package metrics

import (
	"encoding/json"
	"math"
	"strconv"
)

// Series are the figures over time, one value per window; a request belongs to
// the window of its intended arrival. Empty windows are null (NaN).
type Series struct {
	Requests []int64 `json:"requests"`
	P50      Floats  `json:"p50_ms"` // of usable answers
	P90      Floats  `json:"p90_ms"`
	P99      Floats  `json:"p99_ms"`
	Max      Floats  `json:"max_ms"`

	EffectiveP99 Floats `json:"effective_p99_ms"` // a failure counts as the client's time-out

	HitRatio Floats `json:"hit_ratio"`

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

	BystanderP99      Floats  `json:"bystander_p99_ms"`             // of all bystander classes; empty without one
	BystanderFailures []int64 `json:"bystander_failures,omitempty"` // absent where there were none

	Leaks []int64 `json:"leaks,omitempty"` // absent where there were none

	// Use is how much was taken of every one of Resources, by its name, in the mean of the
	// window and of the fullest box: as a share of its capacity, or as a number of one
	// without a limit. What nobody used has no entry.
	Use map[string]Floats `json:"use"`

	// Boxes are the first few boxes, where they have file caches.
	Boxes []BoxSeries `json:"boxes,omitempty"`
}

// BoxSeries is one box over time: at the end of every window. Only the first few boxes
// have one: a fleet of 200 would be most of the file.
type BoxSeries struct {
	CPU     Floats  `json:"cpu"`     // asked of its cores in the window, as a share of them; empty where they are without limit
	Entries []int64 `json:"entries"` // on its disk
	In      []bool  `json:"in"`      // the balancer sends it requests
}

// Floats is a series in which NaN means "nothing happened" and is null in JSON.
type Floats []float64

// MarshalJSON writes up to four decimals: a tenth of a microsecond where the
// unit is the millisecond. The shortest text of a number is the same on every
// machine; JSON has no NaN, and null says it better.
func (f Floats) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 8*len(f)+2), '[')
	for i, v := range f {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, math.Round(v*1e4)/1e4, 'f', -1, 64)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote: null becomes NaN again.
func (f *Floats) UnmarshalJSON(b []byte) error {
	var values []*float64
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	*f = make(Floats, len(values))
	for i, v := range values {
		(*f)[i] = math.NaN()
		if v != nil {
			(*f)[i] = *v
		}
	}
	return nil
}
