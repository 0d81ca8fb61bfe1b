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
	add := func(f fault.Fault, scene fault.Scene, whose string, strategies []string) {
		for _, m := range f.Marks(scene) {
			mark := metrics.FaultMark{Label: whose + m.Label, AtMS: millis(m.At), Strategies: strategies}
			if m.Lasts {
				mark.UntilMS = new(millis(m.Until))
			}
			list = append(list, mark)
		}
	}
	for _, f := range sc.Faults {
		add(f, sc.Scene(), "", nil)
	}
	for _, own := range ownFaults(sc) {
		add(own.fault, own.scene, strings.Join(own.strategies, ", ")+": ", own.strategies)
	}
	return list
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
