package world

import "time"

// outage is how a node goes and how it comes back: crash, its process dies and an
// empty one follows; cut, nobody reaches it, and its memory stays; hang, it
// answers nothing, and its memory stays.
func (v Victims) outage(how string, node int) (begin, end func()) {
	switch how {
	case "cut":
		return func() { v.Cut(node) }, func() { v.Mend(node) }
	case "hang":
		return func() { v.Hang(node) }, func() { v.Wake(node) }
	}
	return func() { v.Lose(node) }, func() { v.Return(node) }
}

// flap takes the node down and up again, each for half of f.Every, until f.For
// has passed or the traffic ends.
func (v Victims) flap(f FaultConfig, duration time.Duration, after func(time.Duration, func())) {
	last := duration
	if f.For > 0 {
		last = min(last, f.At+f.For)
	}
	down, up := v.outage(f.How, f.Node)
	for at := f.At; at < last; at += f.Every {
		after(at, down)
		after(at+f.Every/2, up)
	}
}

// replace takes f.Nodes nodes down one after another, f.Every apart, each for
// f.For. A successor that is there at once breaks the connections all the same.
func (v Victims) replace(f FaultConfig, after func(time.Duration, func())) {
	for i := range f.Nodes {
		at := f.At + time.Duration(i)*f.Every
		down, up := v.outage(f.How, f.Node+i)
		if f.For == 0 {
			after(at, func() { down(); up() })
			continue
		}
		after(at, down)
		after(at+f.For, up)
	}
}

// Replaced is when the last node of a node-replace is there again.
func (f FaultConfig) Replaced() time.Duration {
	return f.At + time.Duration(f.Nodes-1)*f.Every + f.For
}
