package metrics

import (
	"encoding/json"
	"fmt"

	"github.com/herdlab/herdlab/strategies"
)

// Outcome says how a request ended: as the strategy answered it, or in one of the
// ways that only those around a strategy know. Its numbers are the order of
// results.json.
type Outcome uint8

// What a strategy answers; see [Answered].
const (
	FreshHit      = Outcome(strategies.FreshHit)
	StaleHit      = Outcome(strategies.StaleHit)
	Computed      = Outcome(strategies.Computed)
	Coalesced     = Outcome(strategies.Coalesced)
	ColdFailure   = Outcome(strategies.ColdFailure)
	OriginFailure = Outcome(strategies.OriginFailure)
	CacheError    = Outcome(strategies.CacheError)
)

// What else becomes of a request: what the client, the box or the front decides, and
// no strategy knows of. A time-out is both: a strategy gives up waiting where its
// caller does.
const (
	Written    = CacheError + 1 + iota // a write, done
	Served                             // answered without the cache: a bystander
	Timeout                            // the client gave up, be it waiting for the box or, in the box, for a value
	Rejected                           // no worker and no place in the queue, or the box went down
	LoggedOut                          // the user's session is gone, and the answer was to log in again
	NotAllowed                         // a method that a front does not take: 405

	NumOutcomes = int(CacheError) + 1 + iota // how many there are
)

// Answered is the outcome of a request that a strategy answered.
func Answered(o strategies.Outcome) Outcome {
	switch {
	case o == strategies.Timeout:
		return Timeout
	case o > strategies.CacheError:
		panic(fmt.Sprintf("metrics: no request ends with a strategy's %v", o))
	}
	return Outcome(o)
}

// String is the outcome's name in results.json and in expectations. Names are for
// ever, numbers are not: a file is read by its names.
func (o Outcome) String() string {
	o.check()
	if o < Written {
		return strategies.Outcome(o).String()
	}
	return [...]string{"written", "served", strategies.Timeout.String(), "rejected", "logged_out", "not_allowed"}[o-Written]
}

// ParseOutcome is the outcome of a name.
func ParseOutcome(name string) (o Outcome, ok bool) {
	for o := range Outcome(NumOutcomes) {
		if o.String() == name {
			return o, true
		}
	}
	return 0, false
}

// MarshalText writes the name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (o *Outcome) UnmarshalText(name []byte) (err error) {
	known, ok := ParseOutcome(string(name))
	if !ok {
		return fmt.Errorf("unknown outcome %q", name)
	}
	*o = known
	return nil
}

// Failed reports whether the request got no answer it could use. A stale value is an
// answer; to be logged out is none, though it came at once and with a page.
func (o Outcome) Failed() bool {
	o.check()
	if o < Written {
		return strategies.Outcome(o).Failed()
	}
	return o >= Timeout
}

// check has an outcome that there is not surface where it is used, and not as one
// request too few in some sum.
func (o Outcome) check() {
	if int(o) >= NumOutcomes {
		panic(fmt.Sprintf("metrics: there is no outcome %d", uint8(o)))
	}
}

// Hit reports whether the value was in a cache.
func (o Outcome) Hit() bool { return o == FreshHit || o == StaleHit }

// Outcomes counts requests by outcome.
type Outcomes [NumOutcomes]int64

// Failures is the sum of the failed outcomes. It is never counted on its own, so that
// it cannot differ from them.
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
	b := []byte{'{'}
	for o, n := range c {
		if o > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%q:%d", Outcome(o), n)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote; unknown outcomes are an error.
func (c *Outcomes) UnmarshalJSON(b []byte) error {
	var counts map[string]int64
	if err := json.Unmarshal(b, &counts); err != nil {
		return err
	}
	for name, n := range counts {
		o, ok := ParseOutcome(name)
		if !ok {
			return fmt.Errorf("unknown outcome %q", name)
		}
		c[o] = n
	}
	return nil
}
