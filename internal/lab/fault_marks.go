package lab

import (
	"reflect"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
)

// faultMarks are the faults of the scenario on the timeline, and after them those
// that only some of its strategies have, which say whose they are.
func faultMarks(sc *scenarios.Scenario) []metrics.FaultMark {
	list := []metrics.FaultMark{}
	for _, x := range sc.Faults {
		list = append(list, again(faultMark(x, sc.Faults, sc), x, sc)...)
	}
	for _, o := range ownFaults(sc) {
		mark := faultMark(o.fault, o.among, sc)
		mark.Label = strings.Join(o.strategies, ", ") + ": " + mark.Label
		mark.Strategies = o.strategies
		list = append(list, again(mark, o.fault, sc)...)
	}
	return list
}

// again is a mark for every time that a timer's fault comes.
func again(mark metrics.FaultMark, x world.FaultConfig, sc *scenarios.Scenario) []metrics.FaultMark {
	list := []metrics.FaultMark{mark}
	if x.Kind == "cull" && x.Every > 0 {
		for at := x.At + x.Every; at < sc.Duration; at += x.Every {
			mark.AtMS = millis(at)
			list = append(list, mark)
		}
	}
	return list
}

// faultMark is one of the faults among those that a strategy has.
func faultMark(x world.FaultConfig, among []world.FaultConfig, sc *scenarios.Scenario) metrics.FaultMark {
	mark := metrics.FaultMark{Label: faultLabel(x), AtMS: millis(x.At)}
	if goesOn(x, among, sc.Fleet.Boxes) {
		mark.Label = restLabel(x)
	}
	if until, lasts := lasting(x, sc.Duration); lasts {
		mark.UntilMS = &until
	}
	return mark
}

// ownFault is a fault of some strategies only.
type ownFault struct {
	fault      world.FaultConfig
	among      []world.FaultConfig
	strategies []string
}

func ownFaults(sc *scenarios.Scenario) (list []ownFault) {
	for _, e := range sc.Strategies {
		own, err := sc.For(e)
		if err != nil { // a run of it will say so
			continue
		}
		for _, x := range own.Faults {
			same := func(f world.FaultConfig) bool { return reflect.DeepEqual(f, x) }
			if slices.ContainsFunc(sc.Faults, same) {
				continue
			}
			i := slices.IndexFunc(list, func(o ownFault) bool { return same(o.fault) })
			if i < 0 {
				i, list = len(list), append(list, ownFault{fault: x, among: own.Faults})
			}
			list[i].strategies = append(list[i].strategies, e.Name)
		}
	}
	return list
}
