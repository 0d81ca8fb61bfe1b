package strategies

import "fmt"

// Outcome says how a [Strategy] answered.
type Outcome uint8

// The outcomes. What else can become of a request, as that no worker was free, is known
// to those around a strategy only.
const (
	FreshHit      Outcome = iota // served from a cache, within its freshness
	StaleHit                     // served from a cache, past its freshness and within its bound
	Computed                     // this request loaded the value itself
	Coalesced                    // waited for another request's load and got its value
	ColdFailure                  // refused rather than computed
	OriginFailure                // the load failed
	CacheError                   // the cache failed, and the strategy does not go past it
	Timeout                      // the caller gave up waiting

	NumOutcomes int = iota // how many there are
)

var outcomeNames = [NumOutcomes]string{
	FreshHit: "fresh_hit", StaleHit: "stale_hit", Computed: "computed", Coalesced: "coalesced",
	ColdFailure: "cold_failure", OriginFailure: "origin_failure", CacheError: "cache_error", Timeout: "timeout",
}

func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", o)
}

// Failed reports whether the request got no value.
func (o Outcome) Failed() bool {
	return o == ColdFailure || o == OriginFailure || o == CacheError || o == Timeout
}
