package lab

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies"
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

// What the clients of a fleet do within a hundredth of a run, each in its turn, is one
// mark; a run has so many marks at most.
const (
	togetherShare = 100
	mostMarks     = 24
)

// marks are what a fleet does by itself, as it comes.
type marks struct {
	mu       sync.Mutex
	duration time.Duration
	list     []metrics.Mark
	last     map[string]time.Duration
}

// add notes what happened, unless the same did just before.
func (m *marks) add(at time.Duration, label string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, seen := m.last[label]
	if m.last == nil {
		m.last = make(map[string]time.Duration)
	}
	m.last[label] = at
	if at > m.duration || seen && at-before < m.duration/togetherShare || len(m.list) == mostMarks {
		return
	}
	m.list = append(m.list, metrics.Mark{AtMS: millis(at), Label: label})
}

// report adds the marks to a run, in order.
func (m *marks) report(run *metrics.Run) {
	slices.SortStableFunc(m.list, func(a, b metrics.Mark) int { return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(a.Label, b.Label)) })
	run.Marks = m.list
}

// addCopies notes when the copies in the boxes end together: those of the first requests
// do so after their ttl, and what takes their place after another one. Where that is
// often, the requests have long spread it.
func (m *marks) addCopies(e scenarios.Entry) {
	c, ok := e.Config.(*strategies.TwoLevelConfig)
	if !ok || c.Jitter > 0 || c.TTL < m.duration/4 {
		return
	}
	for at := c.TTL; at < m.duration; at += c.TTL {
		m.add(at, fmt.Sprintf("copies in the boxes end (ttl %v)", c.TTL))
	}
}
