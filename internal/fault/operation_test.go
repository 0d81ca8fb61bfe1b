package fault_test

import (
	"math"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
)

func TestAdmittedShare(t *testing.T) {
	f := fault.Readmit{Share: 0.2, Hold: 10 * time.Second, For: 40 * time.Second}
	for _, c := range []struct {
		passed time.Duration
		want   float64
	}{
		{0, 0.2}, {10 * time.Second, 0.2}, {20 * time.Second, 0.4}, {30 * time.Second, 0.6}, {49 * time.Second, 0.98},
		{50 * time.Second, 1}, {time.Hour, 1},
	} {
		if got := f.Admitted(c.passed); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("after %v: %v, want %v", c.passed, got, c.want)
		}
	}
}
