package fault

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// NodeJoin is a cache server that is put on every client's list, on which it did not
// stand before. How many keys move with it is the ring's business: three quarters of
// them from three nodes to four by modulo, one quarter by consistent hashing.
type NodeJoin struct {
	Relisting `yaml:",inline"`
}

func (f NodeJoin) Check(s Scene) []Problem { return f.check(s, f) }

func (f NodeJoin) Explain() string {
	return fmt.Sprintf("node %d joins: until now it stood on nobody's list", f.Node)
}

func (f NodeJoin) Marks(s Scene) []Mark                   { return f.marks(s, "joins") }
func (f NodeJoin) Schedule(w World, _ Scene, after After) { planChanges(f, w, after) }
func (f NodeJoin) changes() []change                      { return f.changesTo(true) }

// NodeLeave is a cache server that is taken off every client's list. It runs on and
// keeps its memory: one that comes back serves what was true when it left.
type NodeLeave struct {
	Relisting `yaml:",inline"`
}

func (f NodeLeave) Check(s Scene) []Problem { return f.check(s, f) }

func (f NodeLeave) Explain() string {
	return fmt.Sprintf("node %d leaves every client's list, and keeps its memory", f.Node)
}

func (f NodeLeave) Marks(s Scene) []Mark                   { return f.marks(s, "leaves") }
func (f NodeLeave) Schedule(w World, _ Scene, after After) { planChanges(f, w, after) }
func (f NodeLeave) changes() []change                      { return f.changesTo(false) }

// Relisting is what a node that joins and one that leaves have in common. It has times
// of its own and not those of a [Span], since one without an end is a change for good
// and an instant on the plots. It holds nothing: what may follow what checkListings
// says.
type Relisting struct {
	Moment `yaml:",inline"`

	For  time.Duration `yaml:"for" min:"0s" doc:"after how long the lists are as before again; 0 is never"`
	Node int           `yaml:"node" default:"0" min:"0" doc:"which one, from 0"`
}

func (r Relisting) Times() (at, takes time.Duration) { return r.At, r.For }

func (r Relisting) check(s Scene, f Fault) []Problem {
	return append(checkNode(r.Node, s.Nodes), behindFront(s, f, "it has one cache node, which its configuration names")...)
}

func (r Relisting) marks(s Scene, verb string) []Mark {
	label := fmt.Sprintf("node %d %s", r.Node, verb)
	if r.For == 0 {
		return r.instant(label)
	}
	return lasting(r.At, s.end(r.At, r.For), label)
}

// changesTo are the change, and the one that takes it back.
func (r Relisting) changesTo(on bool) []change {
	list := []change{{r.Node, r.At, on}}
	if r.For > 0 {
		list = append(list, change{r.Node, r.At + r.For, !on})
	}
	return list
}

// change is a node joining the list or leaving it.
type change struct {
	node int
	at   time.Duration
	on   bool
}

// changer is a fault that changes the list of nodes.
type changer interface{ changes() []change }

func planChanges(f changer, w World, after After) {
	for _, c := range f.changes() {
		after(c.at, func() { w.ListNode(c.node, c.on) })
	}
}

// changesOfNode looks at the faults as the nodes do, whatever their order in the file:
// they are the times at which a node joins and leaves, in order.
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
	for i := range s.Nodes {
		changes := changesOfNode(s.Faults, i)
		for j := range changes[min(1, len(changes)):] {
			if changes[j].on == changes[j+1].on {
				verb := map[bool]string{true: "joins", false: "leaves"}[changes[j].on]
				const format = "node %d %s at %v and again at %v: it can only do so if it does the opposite in between"
				return []Problem{{Fault: Whole, Msg: fmt.Sprintf(format, i, verb, changes[j].at, changes[j+1].at)}}
			}
		}
	}
	if !slices.Contains(Listed(s.Nodes, s.Faults), true) {
		return []Problem{{Fault: Whole, Msg: "every node joins later: leave one that is there from the beginning"}}
	}
	return nil
}
