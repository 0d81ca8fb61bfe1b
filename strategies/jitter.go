package strategies

import (
	"fmt"
	"time"
)

// mostJitter leaves every value a tenth of its ttl.
const mostJitter = 0.9

// jitter gives every entry a ttl of its own, evenly spread about the one it is
// configured with, so that what was stored together does not expire together.
// K keys filled at once expire K at once without it, and with a share j of the
// ttl T at the rate K/(2jT).
type jitter struct {
	share float64
	dice  *dice
}

// spread is a ttl between (1 - share) and (1 + share) times the given one.
func (j *jitter) spread(ttl time.Duration) time.Duration {
	if j == nil {
		return ttl
	}
	half := time.Duration(j.share * float64(ttl))
	return ttl - half + j.dice.below(2*half+1)
}

// bound is the longest ttl that spread gives.
func (j *jitter) bound(ttl time.Duration) time.Duration {
	if j == nil {
		return ttl
	}
	return ttl + time.Duration(j.share*float64(ttl))
}

// spreadable refuses a share that could take a ttl away.
func spreadable(field string, share float64) error {
	if share >= 0 && share <= mostJitter {
		return nil
	}
	return &ConfigError{Field: field, Msg: fmt.Sprintf("is %g: write a share of the ttl from 0 to %g", share, mostJitter)}
}
