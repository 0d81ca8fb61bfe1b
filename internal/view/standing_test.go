package view

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// A ratio is told where there is one to tell, and never as "1 times".
func TestBeside(t *testing.T) {
	for want, b := range map[string]metrics.Beside{
		"2.8 ± 0.2 times slower than swr":                         {Verdict: metrics.Worse, Times: 2.81, Low: 2.6, High: 3},
		"the same as swr, 1.02 ± 0.01 times as long":              {Verdict: metrics.Same, Times: 1.021, Low: 1.01, High: 1.03},
		"the same as swr":                                         {Verdict: metrics.Same, Times: 1, Low: 1, High: 1},
		"2.63 times as long as swr, of too few seeds to tell (1)": {Verdict: metrics.NotEnough, Times: 2.63, Low: 2.63, High: 2.63, Seeds: 1},
		"as long as swr, of too few seeds to tell (3)":            {Verdict: metrics.NotEnough, Times: 1.0003, Low: 1, High: 1.001, Range: true, Seeds: 3},
	} {
		b.Strategy = "swr"
		if got := beside(b); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
