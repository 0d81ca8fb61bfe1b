package live_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// The balancer keeps requests out and lets them in again, whether they are sent
// from this process or from another.
func TestReadmission(t *testing.T) {
	sc := scenario(t, steady, shaken("[{at: 300ms, kind: readmit, share: 0, hold: 200ms, for: 1ms}]",
		"phases={open: 0ms..250ms, shut: 350ms..450ms, again: 550ms..900ms}")...)
	for where, generator := range map[string][]string{"here": nil, "apart": itself(t)} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			got, err := apart(t.Context(), sc, startTier(t, t.Context(), "embedded", sc.Fleet), generator)
			if err != nil {
				t.Fatal(err)
			}
			for name, shut := range map[string]bool{"open": false, "shut": true, "again": false} {
				f := got.Phases[name]
				share := float64(f.Outcomes[metrics.Rejected]) / float64(f.Requests)
				if shut && share < 0.9 || !shut && share > 0.1 || f.Requests == 0 {
					t.Errorf("%s: %.2f of %d requests are rejected", name, share, f.Requests)
				}
			}
		})
	}
}
