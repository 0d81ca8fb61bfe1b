package fault_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/fault"
)

// deploy is a deploy of the default cache.
func deploy(at, over time.Duration, boxes float64) fault.Fault {
	return fault.Deploy{Moment: fault.Moment{At: at}, Over: over, Boxes: boxes}
}

func TestRollouts(t *testing.T) {
	const m = time.Minute
	for _, c := range []struct {
		name   string
		faults []fault.Fault
		want   []fault.Rollout
		err    string
	}{
		{"at once", []fault.Fault{deploy(m, 0, 1)}, []fault.Rollout{{0, true, 0, 10}}, ""},
		{"one after another, whatever their order in the file", []fault.Fault{deploy(2*m, m, 1), deploy(m, m, 1)},
			[]fault.Rollout{{1, true, 0, 10}, {0, true, 0, 10}}, ""},
		{"a canary and the rest", []fault.Fault{deploy(m, 0, 0.1), deploy(2*m, m, 0.5), deploy(4*m, m, 1), deploy(6*m, 0, 1)},
			[]fault.Rollout{{0, true, 0, 1}, {1, false, 1, 5}, {2, false, 5, 10}, {3, true, 0, 10}}, ""},
		{"shares are rounded up", []fault.Fault{deploy(m, 0, 0.01), deploy(2*m, 0, 0.3)},
			[]fault.Rollout{{0, true, 0, 1}, {1, false, 1, 3}}, ""},
		{"two at once", []fault.Fault{deploy(m, 2*m, 1), deploy(2*m, m, 1)}, nil,
			"the deploy begins before the one at 1m0s has ended"},
		{"to nobody", []fault.Fault{deploy(m, 0, 0.3), deploy(2*m, 0, 0.3)}, nil,
			"the deploy reaches no box: 3 of 10 have its release by then"},
	} {
		got, err := fault.Rollouts(c.faults, 10)
		if text := fmt.Sprint(err); c.err != "" && text != c.err || c.err == "" && err != nil {
			t.Errorf("%s: %v, want %s", c.name, err, c.err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
