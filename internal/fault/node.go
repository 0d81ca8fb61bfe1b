package fault

import (
	"fmt"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/units"
)

// minEvery keeps a fault that comes again and again from flooding a run with events.
const minEvery = time.Millisecond

// NodeLoss is a cache server that is away for a time. Its keys fail, or move to the
// other nodes where clients take it off their rings; after a crash it comes back
// empty, and every key that it owned is computed anew, by all who ask for it.
type NodeLoss struct {
	Span `yaml:",inline"`

	Node int    `yaml:"node" default:"0" min:"0" doc:"which one, from 0"`
	How  Outage `yaml:"how" default:"crash" enum:"crash,cut,hang" doc:"crash is a process that dies, whose successor is empty; cut, a network that refuses connections to it, and hang, one that answers nothing, leave its memory as it was"`
}

func (f NodeLoss) Check(s Scene) []Problem { return checkNode(f.Node, s.AllNodes) }
func (f NodeLoss) Explain() string         { return explainOutage(f.Node, f.How) }
func (f NodeLoss) Marks(s Scene) []Mark    { return f.marks(s, outageLabel(f.Node, f.How)) }
func (f NodeLoss) Holds(s Scene) []Hold    { return f.holds(s, nodeFamily, nodeName(f.Node)) }
func (f NodeLoss) Schedule(w World, _ Scene, after After) {
	planOutage(f.Span, w, f.Node, f.How, after)
}
func (f NodeLoss) cutsNode() bool { return f.How == Cut }

// NodeHang is a cache server that stops answering for a time. It costs more than a
// loss: whoever asks it waits for the client's time-out, and holds a worker of its box
// until then. One that ends before the time-out is a delay.
type NodeHang struct {
	Span `yaml:",inline"`

	Node int `yaml:"node" default:"0" min:"0" doc:"which one, from 0"`
}

func (f NodeHang) Check(s Scene) []Problem                { return checkNode(f.Node, s.AllNodes) }
func (f NodeHang) Explain() string                        { return explainOutage(f.Node, Hang) }
func (f NodeHang) Marks(s Scene) []Mark                   { return f.marks(s, outageLabel(f.Node, Hang)) }
func (f NodeHang) Holds(s Scene) []Hold                   { return f.holds(s, nodeFamily, nodeName(f.Node)) }
func (f NodeHang) Schedule(w World, _ Scene, after After) { planOutage(f.Span, w, f.Node, Hang, after) }

// NodeFlap is a cache server that goes and comes back again and again, as one that is
// killed for want of memory whenever it is full. A client that ejects nodes moves the
// keys twice a turn.
type NodeFlap struct {
	Span `yaml:",inline"`

	Node  int           `yaml:"node" default:"0" min:"0" doc:"which one, from 0"`
	Every time.Duration `yaml:"every" min:"0s" doc:"time from one loss to the next; the node is away for half of it"`
	How   Outage        `yaml:"how" default:"crash" enum:"crash,cut,hang" doc:"as for node-loss, each time"`
}

func (f NodeFlap) Check(s Scene) []Problem {
	return append(checkNode(f.Node, s.AllNodes),
		wrongIf(f.Every < minEvery, "every", "node-flap needs every, the time from one loss to the next, of at least %v", minEvery)...)
}

func (f NodeFlap) Explain() string {
	return fmt.Sprintf("every %s, for half of that time, %s", units.FormatDuration(f.Every), explainOutage(f.Node, f.How))
}

func (f NodeFlap) Marks(s Scene) []Mark {
	return f.marks(s, fmt.Sprintf("node %d comes and goes", f.Node))
}

// Holds is the node until it is there for good. It goes for the last time before the
// end of the fault, and may come back after that: with every at 10 s, a fault from 1 s
// to 22 s takes it down at 1, 11 and 21 s, and it is up at 26 s.
func (f NodeFlap) Holds(s Scene) []Hold {
	list := f.holds(s, nodeFamily, nodeName(f.Node))
	if h := &list[0]; f.Every > 0 {
		h.To -= (h.To - f.At - 1) % f.Every
		h.To += f.Every/2 - 1
	}
	return list
}

func (f NodeFlap) Schedule(w World, s Scene, after After) {
	for at := f.At; at < s.end(f.At, f.For); at += f.Every {
		after(at, func() { w.StopNode(f.Node, f.How) })
		after(at+f.Every/2, func() { w.StartNode(f.Node, f.How) })
	}
}

func (f NodeFlap) cutsNode() bool { return f.How == Cut }

// NodeReplace is maintenance: cache servers are replaced one after another. How short
// the time between two may be is a question to the origin, which has to fill each of
// them again.
type NodeReplace struct {
	Moment `yaml:",inline"`

	For   time.Duration `yaml:"for" min:"0s" doc:"how long each of them is away; with 0 its successor is there at once, and the connections are broken all the same"`
	Node  int           `yaml:"node" default:"0" min:"0" doc:"the first one, from 0"`
	Nodes int           `yaml:"nodes" default:"1" min:"1" doc:"how many, from node on"`
	Every time.Duration `yaml:"every" min:"0s" doc:"time from one loss to the next"`
	How   Outage        `yaml:"how" default:"crash" enum:"crash,cut,hang" doc:"as for node-loss; after cut and hang it is the same node that comes back"`
}

func (f NodeReplace) Times() (at, takes time.Duration) { return f.At, f.For }

func (f NodeReplace) Check(s Scene) []Problem {
	list := checkNode(f.Node, s.Nodes)
	if f.Node < s.Nodes {
		list = checkNumber("nodes", "node", "cache", f.Node+f.Nodes-1, s.Nodes)
	}
	return slices.Concat(list,
		wrongIf(f.Nodes > 1 && f.Every < minEvery, "every", "node-replace needs every, the time from one node to the next, of at least %v", minEvery),
		wrongIf(f.How != Crash && f.For == 0, "how", "a node that is replaced by itself (how: %s) needs for, the time until it is back", f.How))
}

func (f NodeReplace) Explain() string {
	which := nodeName(f.Node) + " goes"
	if f.Nodes > 1 {
		which = fmt.Sprintf("%s go, one each %s", f.which(), units.FormatDuration(f.Every))
	}
	switch {
	case f.How != Crash:
		return fmt.Sprintf("%s, and come back %s later with the memory they had (%s)", which, units.FormatDuration(f.For), f.How)
	case f.For > 0:
		return fmt.Sprintf("%s, and an empty one follows %s later", which, units.FormatDuration(f.For))
	}
	return which + ", and an empty one follows at once"
}

func (f NodeReplace) Marks(s Scene) []Mark {
	return lasting(f.At, min(f.turn(f.Nodes-1)+f.For, s.Duration), f.which()+" replaced")
}

// which is the nodes, in words.
func (f NodeReplace) which() string {
	if f.Nodes > 1 {
		return fmt.Sprintf("nodes %d to %d", f.Node, f.Node+f.Nodes-1)
	}
	return nodeName(f.Node)
}

// turn is when the i-th of the nodes goes.
func (f NodeReplace) turn(i int) time.Duration { return f.At + time.Duration(i)*f.Every }

// Holds are the nodes, each while it is away. A node that is there again at once is
// held for no time, and still must not be away by then.
func (f NodeReplace) Holds(s Scene) (list []Hold) {
	at := f.At
	for n := f.Node; n-f.Node < f.Nodes && n < s.Nodes && at < s.Duration; n++ {
		h := Hold{Family: nodeFamily, What: nodeName(n), From: at, To: at}
		if f.For > 0 {
			h.To = s.end(at, f.For)
		}
		list = append(list, h)
		at += min(f.Every, s.Duration) // so that it cannot overflow
	}
	return list
}

func (f NodeReplace) Schedule(w World, _ Scene, after After) {
	for i := range f.Nodes {
		down := func() { w.StopNode(f.Node+i, f.How) }
		up := func() { w.StartNode(f.Node+i, f.How) }
		if f.For == 0 { // one step: two of the same instant have no order on the wall
			after(f.turn(i), func() { down(); up() })
			continue
		}
		after(f.turn(i), down)
		after(f.turn(i)+f.For, up)
	}
}

func (f NodeReplace) cutsNode() bool { return f.How == Cut }

// Flush is somebody who empties cache servers while they are in use. The locks go with
// the values, so that what one of them kept apart may now be done twice.
type Flush struct {
	Moment `yaml:",inline"`

	Node int  `yaml:"node" default:"0" min:"0" doc:"which one, from 0"`
	All  bool `yaml:"all" doc:"every node"`
}

// Check looks for the node, and for values in it.
func (f Flush) Check(s Scene) []Problem {
	const lost = "a flush of the cache servers would free locks and lose no value; a box's values are lost by "
	crash, loss, deploy := KindOf(BoxCrash{}).Name, KindOf(BoxLoss{}).Name, KindOf(Deploy{}).Name
	return slices.Concat(checkNode(f.Node, s.AllNodes),
		wrongIf(s.InProcess, "kind", "fleet.cache.values is process: "+lost+"%s, and those of all by %s", crash, deploy),
		wrongIf(s.Disk, "kind", "fleet.disk has the values: "+lost+"%s", loss))
}

// Moot is which node, where it is every one.
func (f Flush) Moot() (field string, moot bool, why string) {
	return "node", f.All, "node means nothing beside all: true: remove one of them"
}

// which is the nodes, in words.
func (f Flush) which() string {
	if f.All {
		return "every node"
	}
	return nodeName(f.Node)
}

func (f Flush) Explain() string    { return f.which() + " loses all its values" }
func (f Flush) Marks(Scene) []Mark { return f.instant("flush of " + f.which()) }

func (f Flush) Schedule(w World, s Scene, after After) {
	after(f.At, func() {
		for i := range s.AllNodes + s.Gutter {
			if f.All || i == f.Node {
				w.FlushNode(i)
			}
		}
	})
}

// CutsNode reports whether a fault takes the network of a node away, which not every
// real cache allows.
func CutsNode(faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool {
		c, ok := f.(interface{ cutsNode() bool })
		return ok && c.cutsNode()
	})
}

// nodeFamily are the faults that take a node away: the end of one brings it back,
// whatever another one did to it.
const nodeFamily = "node"

func nodeName(i int) string { return fmt.Sprintf("node %d", i) }

// checkNode looks for a node among the n that there are.
func checkNode(i, n int) []Problem { return checkNumber("node", "node", "cache", i, n) }

// planOutage takes a node away for the time of a fault. StartNode is told how it went:
// a process is started in another way than a network is mended.
func planOutage(s Span, w World, node int, how Outage, after After) {
	s.plan(after, func() { w.StopNode(node, how) }, func() { w.StartNode(node, how) })
}

func explainOutage(node int, how Outage) string {
	switch how {
	case Cut:
		return fmt.Sprintf("node %d cannot be reached and keeps its memory", node)
	case Hang:
		return fmt.Sprintf("node %d takes requests and answers none", node)
	}
	return fmt.Sprintf("node %d refuses every connection, and what follows it is empty", node)
}

func outageLabel(node int, how Outage) string {
	word := map[Outage]string{Crash: "lost", Cut: "cut off", Hang: "hangs"}[how]
	return fmt.Sprintf("node %d %s", node, word)
}
