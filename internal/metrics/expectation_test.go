package metrics_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

func TestExpectationFailure(t *testing.T) {
	for want, x := range map[string]metrics.Expectation{
		"dir/x.yaml:7: expected naive.computes < 3, but naive.computes = 4":   {Text: "naive.computes < 3", Line: 7, Reason: "naive.computes = 4"},
		"--set expect.0: expected naive.computes < 3, but naive.computes = 4": {Text: "naive.computes < 3", Set: "--set expect.0", Reason: "naive.computes = 4"},
	} {
		if got := x.Failure("dir/x.yaml"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
