package lab

import (
	"reflect"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
)

// faultMarks are the faults of the scenario on the timeline, and after them those
// that only some of its strategies have, which say whose they are.
func faultMarks(sc *scenarios.Scenario) []metrics.FaultMark {
	list := []metrics.FaultMark{}
	for _, f := range sc.Faults {
		for _, m := range f.Marks(sc.Scene()) {
			list = append(list, faultMark(m))
		}
	}
	for _, own := range ownFaults(sc) {
		for _, m := range own.fault.Marks(own.scene) {
			mark := faultMark(m)
			mark.Label = strings.Join(own.strategies, ", ") + ": " + mark.Label
			mark.Strategies = own.strategies
			list = append(list, mark)
		}
	}
	return list
}

func faultMark(m fault.Mark) metrics.FaultMark {
	mark := metrics.FaultMark{Label: m.Label, AtMS: millis(m.At)}
	if m.Lasts {
		mark.UntilMS = new(millis(m.Until))
	}
	return mark
}

// ownFault is a fault of some strategies only.
type ownFault struct {
	fault      fault.Fault
	scene      fault.Scene // of the first of them
	strategies []string
}

func ownFaults(sc *scenarios.Scenario) (list []ownFault) {
	for _, e := range sc.Strategies {
		own, err := sc.For(e)
		if err != nil { // a run of it will say so
			continue
		}
		for _, f := range own.Faults {
			same := func(other fault.Fault) bool { return reflect.DeepEqual(other, f) }
			if slices.ContainsFunc(sc.Faults, same) {
				continue
			}
			i := slices.IndexFunc(list, func(o ownFault) bool { return same(o.fault) })
			if i < 0 {
				i, list = len(list), append(list, ownFault{fault: f, scene: own.Scene()})
			}
			list[i].strategies = append(list[i].strategies, e.Name)
		}
	}
	return list
}
