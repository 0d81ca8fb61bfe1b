package cluster

import "time"

// Victims are the parts of a world that faults befall. A nil function is a
// fault that this world cannot have.
type Victims struct {
	Lose, Return func(node int) // a process that dies, and its empty successor
	Hang, Wake   func(node int) // a process that stops answering, and goes on
	Flush        func(node int)
	Origin       func(change func(*OriginFault))
	Crash        func(box int)
	Release      func(caches []string) // a new one, which gives their keys a new version
	Deploy       func(box int)         // of the newest release
	Readmit      func(FaultConfig)
}

// Schedule arranges for the faults of a timeline that begins now; after calls a
// function later, unless the run is over by then. Nodes, boxes and duration are the
// world's.
func (v Victims) Schedule(faults []FaultConfig, nodes, boxes int, duration time.Duration, after func(time.Duration, func())) {
	v.deploys(faults, boxes, after)
	for _, f := range faults {
		if f.Kind == "node-flap" {
			v.flap(f, duration, after)
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
	origin := func(change func(*OriginFault)) func() { return func() { v.Origin(change) } }
	switch f.Kind {
	case "node-loss":
		return func() { v.Lose(f.Node) }, func() { v.Return(f.Node) }
	case "node-hang":
		return func() { v.Hang(f.Node) }, func() { v.Wake(f.Node) }
	case "flush":
		return func() { v.flush(f, nodes) }, nil
	case "slow-origin":
		return origin(func(o *OriginFault) { o.Factor = f.Factor }), origin(func(o *OriginFault) { o.Factor = 1 })
	case "origin-errors":
		return origin(func(o *OriginFault) { o.Errors = f.Errors }), origin(func(o *OriginFault) { o.Errors = 0 })
	case "origin-down":
		return origin(func(o *OriginFault) { o.Down = true }), origin(func(o *OriginFault) { o.Down = false })
	case "owner-crash":
		return func() { v.Crash(f.Box) }, nil
	case "readmit":
		return func() { v.Readmit(f) }, nil // it ends by itself
	}
	return func() {}, nil // a deploy has a schedule of its own, and a loader refuses other kinds
}

// flap takes the node down and up again, each for half of f.Every, until f.For
// has passed or the traffic ends.
func (v Victims) flap(f FaultConfig, duration time.Duration, after func(time.Duration, func())) {
	last := duration
	if f.For > 0 {
		last = min(last, f.At+f.For)
	}
	for at := f.At; at < last; at += f.Every {
		after(at, func() { v.Lose(f.Node) })
		after(at+f.Every/2, func() { v.Return(f.Node) })
	}
}

func (v Victims) flush(f FaultConfig, nodes int) {
	for i := range nodes {
		if f.All || i == f.Node {
			v.Flush(i)
		}
	}
}

// victims are the modelled parts.
func (w *World) victims() Victims {
	node := func(s state) func(int) { return func(i int) { w.Tier.nodes[i].become(s) } }
	return Victims{
		Lose: node(refuses), Return: node(up), Hang: node(hangs), Wake: node(up), Flush: w.Tier.flush,
		Origin: w.Origin.Change, Crash: w.crash, Release: w.release, Deploy: w.deploy, Readmit: w.Balancer.Readmit,
	}
}

// schedule arranges for the faults of the scenario, counted from now.
func (w *World) schedule() {
	for _, f := range w.cfg.Faults {
		if f.Kind == "owner-crash" {
			w.boxes[f.Box].ExpectCrash()
		}
	}
	w.victims().Schedule(w.cfg.Faults, len(w.Tier.nodes), len(w.boxes), w.cfg.Duration, func(d time.Duration, f func()) {
		w.clock.AfterFunc(d, func() {
			if !w.Closed() {
				f()
			}
		})
	})
}

// crash loses a box and starts it anew.
func (w *World) crash(i int) {
	w.crashes++
	w.boxes[i].Crash()
	w.must(w.install(i))
}

// release begins a release, which what serves the whole fleet has at once.
func (w *World) release(caches []string) {
	w.releases.Begin(caches)
	prefixes := w.releases.Prefixes(w.releases.Newest())
	for _, s := range w.shared {
		s.client.Use(prefixes[s.name])
	}
}

// deploy restarts a box between two of its jobs, with the newest release.
func (w *World) deploy(i int) {
	w.releases.Give(i)
	w.must(w.install(i))
}

// must is for what succeeded once already with the same arguments.
func (w *World) must(err error) {
	if err != nil {
		panic("cluster: restart of a box: " + err.Error())
	}
}
