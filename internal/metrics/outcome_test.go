package metrics_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
)

// What a strategy answers has the same name as the outcome of a request, and fails
// alike; no two answers are one outcome.
func TestAnswered(t *testing.T) {
	seen := map[metrics.Outcome]bool{}
	for s := range strategies.Outcome(strategies.NumOutcomes) {
		o := metrics.Answered(s)
		if o.String() != s.String() || o.Failed() != s.Failed() || seen[o] {
			t.Errorf("%v (failed %v) became %v (failed %v)", s, s.Failed(), o, o.Failed())
		}
		seen[o] = true
	}
}

// The order of results.json is fixed, and every outcome is found by its name.
func TestOutcomes(t *testing.T) {
	for i, name := range []string{
		"fresh_hit", "stale_hit", "computed", "coalesced", "cold_failure", "origin_failure", "cache_error",
		"written", "served", "timeout", "rejected", "logged_out", "not_allowed",
	} {
		if o, ok := metrics.ParseOutcome(name); !ok || int(o) != i || o.String() != name {
			t.Errorf("outcome %d is %v, want %s", i, metrics.Outcome(i), name)
		}
	}
	if _, ok := metrics.ParseOutcome("freshhit"); ok {
		t.Error("freshhit is an outcome")
	}
	for _, use := range []func(metrics.Outcome){func(o metrics.Outcome) { _ = o.String() }, func(o metrics.Outcome) { o.Failed() }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("an outcome that there is not passes")
				}
			}()
			use(metrics.Outcome(metrics.NumOutcomes))
		}()
	}
}
