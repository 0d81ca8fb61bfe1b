package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
)

// hold is the time in which a fault keeps something in a state that it puts back at
// the end.
type hold struct {
	what     string // empty where there is but one of what the fault befalls
	family   string // of faults that put back the same state
	from, to time.Duration
	fault    int
}

// checkOverlaps refuses faults that hold the same thing at the same time, for the
// end of one would be the end of the other.
func (s *Scenario) checkOverlaps(root *settings.Node, errs *settings.Problems) {
	var list []hold
	for i, f := range s.Faults {
		list = append(list, s.holds(f, i)...)
	}
	slices.SortStableFunc(list, func(a, b hold) int {
		return cmp.Or(cmp.Compare(a.family, b.family), cmp.Compare(a.what, b.what), cmp.Compare(a.from, b.from), cmp.Compare(a.fault, b.fault))
	})
	var longest hold // so far, of the same thing
	for _, h := range list {
		if h.family != longest.family || h.what != longest.what {
			longest = h
			continue
		}
		if h.after(longest) {
			at := root.Get("faults").Items[h.fault].Place("at")
			errs.Addf(at, "%s overlaps %s at %s, and the end of one would be the end of both: end that first, or make one of them",
				s.Faults[h.fault].Kind+h.of(), s.earlier(h, longest), units.FormatDuration(s.Faults[longest.fault].At))
		}
		if h.to > longest.to {
			longest = h
		}
	}
}

// after reports whether h, which does not begin before the other, begins while that
// goes on. At the instant of its end things happen in the order of the file.
func (h hold) after(other hold) bool {
	return h.from < other.to || h.from == other.to && h.fault < other.fault
}

func (h hold) of() string {
	if h.what == "" {
		return ""
	}
	return " of " + h.what
}

// earlier is the other fault in the words of a message about h.
func (s *Scenario) earlier(h, other hold) string {
	if kind := s.Faults[other.fault].Kind; kind != s.Faults[h.fault].Kind {
		return "the " + kind
	}
	return "the one"
}

// holds are those of one fault. What ends by itself, or is counted, has none.
func (s *Scenario) holds(f world.FaultConfig, i int) []hold {
	one := hold{family: f.Kind, from: f.At, to: s.end(f.At, f.For), fault: i}
	switch f.Kind {
	case "slow-origin", "origin-errors", "origin-down", "invalid-value", "cache-sessions":
	case "readmit":
		one.to = s.end(one.to, f.Hold)
	case "box-loss":
		one.what = fmt.Sprintf("box %d", f.Box)
	case "node-loss", "node-hang", "node-flap":
		one.family, one.what = "node", fmt.Sprintf("node %d", f.Node)
		if f.Kind == "node-flap" && f.Every > 0 { // the last time it goes down is before the end, and it comes up after that
			one.to -= (one.to - f.At - 1) % f.Every
			one.to += f.Every/2 - 1
		}
	case "node-replace":
		return s.replaced(f, i)
	default:
		return nil
	}
	return []hold{one}
}

// replaced are the nodes that one fault replaces, one after another.
func (s *Scenario) replaced(f world.FaultConfig, i int) (list []hold) {
	at := f.At
	for n := f.Node; n-f.Node < f.Nodes && n < s.Fleet.Cache.Nodes && at < s.Duration; n++ {
		h := hold{family: "node", what: fmt.Sprintf("node %d", n), from: at, to: at, fault: i}
		if f.For > 0 {
			h.to = s.end(at, f.For)
		}
		list = append(list, h)
		at += min(f.Every, s.Duration)
	}
	return list
}

// end is when something that begins at an instant and takes so long has ended: at
// the end of the run at the latest, which is what no time at all means.
func (s *Scenario) end(at, takes time.Duration) time.Duration {
	if takes == 0 || takes > s.Duration-at {
		return s.Duration
	}
	return at + takes
}
