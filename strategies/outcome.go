package strategies

import "fmt"

// Outcome says how a request ended. The first group is what a [Strategy]
// returns; the others are known only to those around it and stand here so that
// there is one vocabulary.
type Outcome uint8

const (
	FreshHit      Outcome = iota // served from a cache, within its freshness
	StaleHit                     // served from a cache, past its freshness and within its bound
	Computed                     // this request loaded the value itself
	Coalesced                    // waited for another request's load and got its value
	ColdFailure                  // refused rather than computed
	OriginFailure                // the load failed
	CacheError                   // the cache failed, and the strategy does not go past it
	Written                      // a write, done
	Served                       // answered without the cache: a bystander

	Timeout  // the client gave up
	Rejected // no worker and no place in the queue

	LoggedOut  // the user's session is gone, and the answer was to log in again
	NotAllowed // a method that a front does not take: 405

	NumOutcomes int = iota // how many there are
)

var outcomeNames = [NumOutcomes]string{
	FreshHit: "fresh_hit", StaleHit: "stale_hit", Computed: "computed", Coalesced: "coalesced",
	ColdFailure: "cold_failure", OriginFailure: "origin_failure", CacheError: "cache_error",
	Written: "written", Served: "served", Timeout: "timeout", Rejected: "rejected", LoggedOut: "logged_out",
	NotAllowed: "not_allowed",
}

func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", o)
}

// Failed reports whether the request got no value.
func (o Outcome) Failed() bool {
	switch o {
	case ColdFailure, OriginFailure, CacheError, Timeout, Rejected, LoggedOut, NotAllowed:
		return true
	}
	return false
}
