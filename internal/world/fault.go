package world

import (
	"time"

	"github.com/herdlab/herdlab/internal/world/origin"
)

// Victims are the parts of a world that faults befall. A nil function is a
// fault that this world cannot have.
type Victims struct {
	Lose, Return func(node int) // a process that dies, and its empty successor
	Hang, Wake   func(node int) // a process that stops answering, and goes on
	Cut, Mend    func(node int) // a network that lets nobody reach it any more
	List         func(node int, on bool)
	Flush        func(node int)
	Origin       func(change func(*origin.Fault))
	Crash        func(box int)
	LoseBox      func(box int)         // its successor comes with ReturnBox
	ReturnBox    func(box int)         // with nothing in its memory and on its disk
	CullDisks    func()                // the work of a timer, on every box
	Release      func(caches []string) // a new one, which gives their keys a new version
	Deploy       func(box int)         // of the newest release
	Readmit      func(FaultConfig)
	Sessions     func(cached bool) // the pages of those who are signed in
}

// Schedule arranges for the faults of a timeline that begins now; after calls a
// function later, unless the run is over by then. Nodes, boxes and duration are the
// world's.
func (v Victims) Schedule(faults []FaultConfig, nodes, boxes int, duration time.Duration, after func(time.Duration, func())) {
	v.deploys(faults, boxes, after)
	for _, f := range faults {
		switch f.Kind {
		case "node-flap":
			v.flap(f, duration, after)
			continue
		case "node-replace":
			v.replace(f, after)
			continue
		case "cull":
			v.culls(f, duration, after)
			continue
		}
		begin, end := v.fault(f, nodes)
		after(f.At, begin)
		if f.For > 0 && end != nil {
			after(f.At+f.For, end)
		}
	}
}

// fault is what happens when f begins and when it ends.
func (v Victims) fault(f FaultConfig, nodes int) (begin, end func()) {
	onOrigin := func(change func(*origin.Fault)) func() { return func() { v.Origin(change) } }
	switch f.Kind {
	case "node-loss":
		return v.outage(f.How, f.Node)
	case "node-hang":
		return v.outage("hang", f.Node)
	case "node-join", "node-leave":
		joins := f.Kind == "node-join"
		return func() { v.List(f.Node, joins) }, func() { v.List(f.Node, !joins) }
	case "flush":
		return func() { v.flush(f, nodes) }, nil
	case "slow-origin":
		return onOrigin(func(o *origin.Fault) { o.Factor = f.Factor }), onOrigin(func(o *origin.Fault) { o.Factor = 1 })
	case "origin-errors":
		return onOrigin(func(o *origin.Fault) { o.Errors = f.Errors }), onOrigin(func(o *origin.Fault) { o.Errors = 0 })
	case "invalid-value":
		return onOrigin(func(o *origin.Fault) { o.Invalid = true }), onOrigin(func(o *origin.Fault) { o.Invalid = false })
	case "origin-down":
		return onOrigin(func(o *origin.Fault) { o.Down = true }), onOrigin(func(o *origin.Fault) { o.Down = false })
	case "owner-crash":
		return func() { v.Crash(f.Box) }, nil
	case "box-loss":
		return func() { v.LoseBox(f.Box) }, func() { v.ReturnBox(f.Box) }
	case "readmit":
		return func() { v.Readmit(f) }, nil // it ends by itself
	case "cache-sessions":
		return func() { v.Sessions(true) }, func() { v.Sessions(false) }
	}
	return func() {}, nil // a deploy has a schedule of its own, and a loader refuses other kinds
}

func (v Victims) flush(f FaultConfig, nodes int) {
	for i := range nodes {
		if f.All || i == f.Node {
			v.Flush(i)
		}
	}
}

// culls has the disks culled by a timer, until the traffic ends.
func (v Victims) culls(f FaultConfig, duration time.Duration, after func(time.Duration, func())) {
	for at := f.At; at < duration; at += f.Every {
		after(at, v.CullDisks)
		if f.Every == 0 {
			return
		}
	}
}
