package main

import (
	"slices"
	"strings"
	"time"
)

// loadTimes are how long the loads of a real origin took, for the model to be as
// slow. Waiting for a connection is in them.
type loadTimes []time.Duration

// latencySteps is how many values stand for the distribution.
const latencySteps = 20

// settings make a modelled origin as slow: an empirical distribution, and no
// limit, since the waiting is in it already. There are none without loads.
func (l loadTimes) settings() []string {
	if len(l) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(l))
	var values []string
	for i := range latencySteps { // the middles of so many equal shares
		d := sorted[len(sorted)*(2*i+1)/(2*latencySteps)]
		values = append(values, max(d.Round(time.Microsecond), time.Microsecond).String())
	}
	return []string{"fleet.origin.latency={values: [" + strings.Join(values, ", ") + "]}", "fleet.origin.concurrency=0"}
}
