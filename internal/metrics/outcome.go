package metrics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Outcome says how a request ended. The names and their order are those of
// strategies.Outcome; a test in internal/lab holds the two together.
type Outcome uint8

// The outcomes; see strategies.Outcome for what each means.
const (
	FreshHit Outcome = iota
	StaleHit
	Computed
	Coalesced
	ColdFailure
	OriginFailure
	CacheError
	Written
	Served
	Timeout
	Rejected
	LoggedOut
	NotAllowed

	NumOutcomes int = iota // how many there are
)

// OutcomeNames are the names of the outcomes, by value.
var OutcomeNames = [NumOutcomes]string{
	"fresh_hit", "stale_hit", "computed", "coalesced", "cold_failure",
	"origin_failure", "cache_error", "written", "served", "timeout", "rejected", "logged_out",
	"not_allowed",
}

func (o Outcome) String() string { return OutcomeNames[o] }

// Failed reports whether the request got no answer it could use.
func (o Outcome) Failed() bool {
	switch o {
	case ColdFailure, OriginFailure, CacheError, Timeout, Rejected, LoggedOut, NotAllowed:
		return true
	}
	return false
}

// Outcomes counts requests by outcome.
type Outcomes [NumOutcomes]int64

// Failures is the sum of the failed outcomes.
func (c Outcomes) Failures() int64 {
	var n int64
	for o, count := range c {
		if Outcome(o).Failed() {
			n += count
		}
	}
	return n
}

// MarshalJSON writes an object with every outcome, in the order of their values.
func (c Outcomes) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for o, n := range c {
		sep := byte(',')
		if o == 0 {
			sep = '{'
		}
		b.WriteByte(sep)
		fmt.Fprintf(&b, "%q:%d", OutcomeNames[o], n)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON wrote; unknown outcomes are an error.
func (c *Outcomes) UnmarshalJSON(b []byte) error {
	var counts map[string]int64
	if err := json.Unmarshal(b, &counts); err != nil {
		return err
	}
	for name, n := range counts {
		o := slices.Index(OutcomeNames[:], name)
		if o < 0 {
			return fmt.Errorf("unknown outcome %q", name)
		}
		c[o] = n
	}
	return nil
}
