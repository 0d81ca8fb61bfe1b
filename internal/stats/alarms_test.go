//go:build !race

package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/herdlab/herdlab/internal/stats"
)

// Without any difference, no more than alpha of the tests find one, and the interval
// misses the truth no more often; where the normal distribution stands for the exact
// one, likewise.
func TestFalseAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{4, 6, 8, 13, 30, 60} {
		const rounds = 600
		alarms, missed := [2]int{}, [2]int{}
		for range rounds {
			a, b, d := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range n {
				a[i], b[i] = math.Exp(rng.NormFloat64()), math.Exp(rng.NormFloat64()) // far from normal
				d[i] = b[i] - a[i]
			}
			for i, s := range []stats.Shift{stats.Paired(d), stats.Unpaired(a, b)} {
				if s.P <= stats.Alpha {
					alarms[i]++
				}
				if !s.Range && (s.Low > 0 || s.High < 0) {
					missed[i]++
				}
			}
		}
		for i, name := range []string{"paired", "unpaired"} {
			// Three standard errors above alpha are by chance in one of a thousand such tests.
			if most := rounds * (stats.Alpha + 3*math.Sqrt(stats.Alpha*(1-stats.Alpha)/rounds)); float64(alarms[i]) > most || float64(missed[i]) > most {
				t.Errorf("%s, %d values: %d false alarms and %d missed of %d", name, n, alarms[i], missed[i], rounds)
			}
			if n >= 8 && alarms[i] < rounds/50 {
				t.Errorf("%s, %d values: only %d of %d: the test is far too cautious", name, n, alarms[i], rounds)
			}
		}
	}
}

// Runs whose requests hang together in batches, as queues make them, give no more
// false alarms than alpha; a difference in every run is found.
func TestMostBeyondFalseAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	queued := func(more float64) stats.Sample {
		var values []float64
		for range 20 {
			level := math.Exp(rng.NormFloat64())
			for range 50 {
				values = append(values, level*(1+rng.Float64()/10)+more)
			}
		}
		return sampleOf(values)
	}
	const rounds = 120
	alarms, found := 0, 0
	for range rounds {
		var old, new, slower []stats.Sample
		for range 5 {
			old, new, slower = append(old, queued(0)), append(new, queued(0)), append(slower, queued(3))
		}
		if mostBeyond(old, new).P <= stats.Alpha {
			alarms++
		}
		if mostBeyond(old, slower).P <= stats.Alpha {
			found++
		}
	}
	if most := rounds * (stats.Alpha + 3*math.Sqrt(stats.Alpha*(1-stats.Alpha)/rounds)); float64(alarms) > most {
		t.Errorf("%d false alarms of %d", alarms, rounds)
	}
	if found < rounds*9/10 {
		t.Errorf("found in %d of %d", found, rounds)
	}
}
