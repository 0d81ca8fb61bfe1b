package origin

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/hash"
)

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

// Latency is a distribution of durations: exactly one of its forms.
type Latency struct {
	Fixed  time.Duration   `yaml:"fixed" min:"0s" doc:"always the same; may be written as the bare duration"`
	Median time.Duration   `yaml:"median" min:"0s" doc:"lognormal: half of the loads are faster"`
	P99    time.Duration   `yaml:"p99" min:"0s" doc:"lognormal: 99 % of the loads are faster"`
	Values []time.Duration `yaml:"values" doc:"empirical: one of these, equally likely"`

	Mean        time.Duration `yaml:"mean" min:"0s" doc:"exponential: of all loads; 37 % take longer"`
	Exponential bool          `yaml:"exponential" doc:"required with mean: what is left of a load does not depend on how long it has taken"`
}

// Validate reports what is wrong with the distribution. The zero Latency is none at
// all, and right.
func (c Latency) Validate() error {
	lognormal, exponential, forms := c.Median != 0 || c.P99 != 0, c.Mean != 0 || c.Exponential, 0
	for _, written := range []bool{c.Fixed != 0, lognormal, exponential, len(c.Values) > 0} {
		if written {
			forms++
		}
	}
	switch {
	case c.Values != nil && len(c.Values) == 0:
		return errors.New("values is empty: name one duration at least, such as [40ms, 60ms]")
	case min(c.Fixed, c.Median, c.P99, c.Mean) < 0:
		return errors.New("a latency cannot be negative")
	case forms > 1:
		return errors.New("give one form only: a duration, {median, p99}, {mean, exponential: true} or {values}")
	case c.Mean != 0 && !c.Exponential:
		return fmt.Errorf("a mean says nothing of how latencies differ: write {mean: %v, exponential: true}, or the bare duration where all are alike", c.Mean)
	case exponential && c.Mean == 0:
		return errors.New("an exponential latency needs a mean above 0, such as {mean: 100ms, exponential: true}")
	case lognormal && (c.Median == 0 || c.P99 < c.Median):
		return errors.New("a lognormal latency needs a median above 0 and a p99 that is not below it")
	}
	return nil
}

// Sample draws one duration.
//
// The exponential form is that of the textbooks' M/M/c, whose closed forms a run can be held
// against: half of the loads take less than ln 2, 69 %, of the mean, and one in a hundred
// more than ln 100, 4.6 of it.
//
// The lognormal form has ln X ~ N(mu, sigma²) with mu = ln median and sigma =
// (ln p99 - ln median) / z99, since the p-quantile of X is exp(mu + z_p sigma).
func (c Latency) Sample(rng *rand.Rand) time.Duration {
	switch {
	case len(c.Values) > 0:
		return c.Values[rng.IntN(len(c.Values))]
	case c.Median > 0:
		sigma := math.Log(float64(c.P99)/float64(c.Median)) / z99
		return scaled(c.Median, math.Exp(float64(sigma*rng.NormFloat64())))
	case c.Mean > 0:
		return scaled(c.Mean, rng.ExpFloat64())
	}
	return c.Fixed
}

// eternity is longer than any run, and so short that some of them in a row are a
// duration still.
const eternity = 500 * 24 * time.Hour

// scaled is d so many times, or an eternity, where the product would not be a duration
// any more.
func scaled(d time.Duration, factor float64) time.Duration {
	if product := float64(d) * factor; product < float64(eternity) {
		return time.Duration(product)
	}
	return eternity
}

// draws are the random numbers of an origin. Those of the n-th load of a key do
// not depend on what else is loaded, and when: strategies that face the same
// traffic find the same load as slow, and so do the modelled and the real world
// (common random numbers). Drawn in the order of the loads, one slow load of the
// hottest key would fall to another key by a hair's breadth, and with it most of
// the failures of a cold start.
type draws struct {
	seed  uint64
	loads [1 << 14]uint32 // begun, by a hash of the key; keys that share a place take turns
	pcg   rand.PCG
	rng   *rand.Rand
}

// newDraws returns the draws of a seed. The generator is PCG, seeded afresh for every
// load, which costs two multiplications.
func newDraws(seed uint64) *draws {
	d := &draws{seed: seed}
	d.rng = rand.New(&d.pcg)
	return d
}

// nextLoad returns the random numbers of the next load of key, to be used at once.
func (d *draws) nextLoad(key string) *rand.Rand {
	h := hash.Mix(hash.FNV1a(key))
	n := &d.loads[h%uint64(len(d.loads))]
	*n++
	d.pcg.Seed(hash.Mix(d.seed^h), hash.Mix(h+uint64(*n)))
	return d.rng
}
