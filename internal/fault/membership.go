package fault

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// NodeJoin is a cache server that is put on every client's list.
type NodeJoin struct {
	Moment `yaml:",inline"`

	For  time.Duration `yaml:"for" min:"0s" doc:"after which time it leaves again; 0 is never"`
	Node int           `yaml:"node" default:"0" min:"0" doc:"which one, from 0; it stands on nobody's list until then"`
}

// Kind is node-join.
func (NodeJoin) Kind() string { return "node-join" }

// Doc says what it is.
func (NodeJoin) Doc() string {
	return "A cache server joins those that clients know, and takes its part of the keys"
}

// Times are when it joins, and for how long.
func (f NodeJoin) Times() (at, takes time.Duration) { return f.At, f.For }

// Check looks for the node, on a list that can change.
func (f NodeJoin) Check(s Scene) []Problem {
	return append(checkNode(f.Node, s.Nodes), behindFront(s, f, fixedList)...)
}

// Explain says what becomes of the node.
func (f NodeJoin) Explain() string {
	return fmt.Sprintf("node %d joins: until now it stood on nobody's list", f.Node)
}

// Marks are an instant, where the node stays.
func (f NodeJoin) Marks(s Scene) []Mark {
	return markChange(f.Moment, f.For, s, fmt.Sprintf("node %d joins", f.Node))
}

// Holds is nothing: what a node may do on the list, the rosters' rule says.
func (NodeJoin) Holds(Scene) []Hold { return nil }

// Schedule puts the node on the list, and takes it off again.
func (f NodeJoin) Schedule(w World, _ Scene, after After) { planChanges(f, w, after) }

func (f NodeJoin) changes() []change { return changesOf(f.Node, f.At, f.For, true) }

// NodeLeave is a cache server that is taken off every client's list.
type NodeLeave struct {
	Moment `yaml:",inline"`

	For  time.Duration `yaml:"for" min:"0s" doc:"after which time it joins again, with the memory it had; 0 is never"`
	Node int           `yaml:"node" default:"0" min:"0" doc:"which one, from 0"`
}

// Kind is node-leave.
func (NodeLeave) Kind() string { return "node-leave" }

// Doc says what it is.
func (NodeLeave) Doc() string {
	return "A cache server leaves the list of those that clients know, and keeps its memory"
}

// Times are when it leaves, and for how long.
func (f NodeLeave) Times() (at, takes time.Duration) { return f.At, f.For }

// Check looks for the node, on a list that can change.
func (f NodeLeave) Check(s Scene) []Problem {
	return append(checkNode(f.Node, s.Nodes), behindFront(s, f, fixedList)...)
}

// Explain says what becomes of the node.
func (f NodeLeave) Explain() string {
	return fmt.Sprintf("node %d leaves every client's list, and keeps its memory", f.Node)
}

// Marks are an instant, where the node stays away.
func (f NodeLeave) Marks(s Scene) []Mark {
	return markChange(f.Moment, f.For, s, fmt.Sprintf("node %d leaves", f.Node))
}

// Holds is nothing, as of a node that joins.
func (NodeLeave) Holds(Scene) []Hold { return nil }

// Schedule takes the node off the list, and puts it there again.
func (f NodeLeave) Schedule(w World, _ Scene, after After) { planChanges(f, w, after) }

func (f NodeLeave) changes() []change { return changesOf(f.Node, f.At, f.For, false) }

// fixedList is why no node joins or leaves behind a front.
const fixedList = "it has one cache node, which its configuration names"

// markChange marks a change of the list, which lasts if it is taken back.
func markChange(m Moment, takes time.Duration, s Scene, label string) []Mark {
	if takes == 0 {
		return m.instant(label)
	}
	return lasting(m.At, s.end(m.At, takes), label)
}

// change is a node joining the list or leaving it.
type change struct {
	node int
	at   time.Duration
	on   bool
}

// changer is a fault that changes the list of nodes.
type changer interface{ changes() []change }

// changesOf are a change, and the one that takes it back.
func changesOf(node int, at, takes time.Duration, on bool) []change {
	list := []change{{node, at, on}}
	if takes > 0 {
		list = append(list, change{node, at + takes, !on})
	}
	return list
}

func planChanges(f changer, w World, after After) {
	for _, c := range f.changes() {
		after(c.at, func() { w.ListNode(c.node, c.on) })
	}
}

// changesOfNode are the times at which a node joins and leaves, in order.
func changesOfNode(faults []Fault, node int) (list []change) {
	for _, f := range faults {
		if f, ok := f.(changer); ok {
			list = append(list, f.changes()...)
		}
	}
	list = slices.DeleteFunc(list, func(c change) bool { return c.node != node })
	slices.SortStableFunc(list, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	return list
}

// Listed says of each of n nodes whether clients know it when a run begins: all but
// those that a fault has join later.
func Listed(n int, faults []Fault) []bool {
	listed := make([]bool, n)
	for i := range listed {
		changes := changesOfNode(faults, i)
		listed[i] = len(changes) == 0 || !changes[0].on
	}
	return listed
}

// checkListings refuses a node that joins while it is on the list or leaves while it
// is not, and a list that is empty at first.
func checkListings(s Scene) []Problem {
	whole := func(list []Problem) []Problem {
		list[0].Fault = Whole
		return list
	}
	off := 0
	for i := range s.Nodes {
		changes := changesOfNode(s.Faults, i)
		for j := range changes[min(1, len(changes)):] {
			if changes[j].on == changes[j+1].on {
				return whole(wrong("", "node %d %s at %v and again at %v: it can only do so if it does the opposite in between",
					i, changes[j].verb(), changes[j].at, changes[j+1].at))
			}
		}
		if len(changes) > 0 && changes[0].on {
			off++
		}
	}
	if off == s.Nodes {
		return whole(wrong("", "every node joins later: leave one that is there from the beginning"))
	}
	return nil
}

func (c change) verb() string {
	if c.on {
		return "joins"
	}
	return "leaves"
}
