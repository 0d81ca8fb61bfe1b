package fault

import (
	"slices"
	"testing"
	"time"
)

// deploy is a deploy of the default cache.
func deploy(at, over time.Duration, boxes float64) Fault {
	return Deploy{Moment: Moment{At: at}, Over: over, Boxes: boxes}
}

func TestRollouts(t *testing.T) {
	const m = time.Minute
	type way struct {
		fault      int
		isNew      bool
		first, end int
	}
	for _, c := range []struct {
		name   string
		faults []Fault
		want   []way
		err    string
	}{
		{"at once", []Fault{deploy(m, 0, 1)}, []way{{0, true, 0, 10}}, ""},
		{"one after another, whatever their order in the file", []Fault{deploy(2*m, m, 1), deploy(m, m, 1)},
			[]way{{1, true, 0, 10}, {0, true, 0, 10}}, ""},
		{"a canary and the rest", []Fault{deploy(m, 0, 0.1), deploy(2*m, m, 0.5), deploy(4*m, m, 1), deploy(6*m, 0, 1)},
			[]way{{0, true, 0, 1}, {1, false, 1, 5}, {2, false, 5, 10}, {3, true, 0, 10}}, ""},
		{"shares are rounded up", []Fault{deploy(m, 0, 0.01), deploy(2*m, 0, 0.3)},
			[]way{{0, true, 0, 1}, {1, false, 1, 3}}, ""},
		{"two at once", []Fault{deploy(m, 2*m, 1), deploy(2*m, m, 1)}, nil,
			"the deploy begins before the one at 1m0s has ended"},
		{"to nobody", []Fault{deploy(m, 0, 0.3), deploy(2*m, 0, 0.3)}, nil,
			"the deploy reaches no box: 3 of 10 have its release by then"},
	} {
		got, wrong := rollouts(Scene{Boxes: 10, Faults: c.faults})
		var ways []way
		for _, r := range got {
			ways = append(ways, way{r.fault, r.isNew, r.first, r.end})
		}
		if !slices.Equal(ways, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, ways, c.want)
		}
		if c.err == "" && wrong != nil || c.err != "" && (len(wrong) != 1 || wrong[0].Msg != c.err) {
			t.Errorf("%s: %+v, want %q", c.name, wrong, c.err)
		}
	}
}
