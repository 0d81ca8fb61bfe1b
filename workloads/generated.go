package workloads

import (
	"io"
	"math/rand/v2"
	"time"
)

// class is a Class at work in one run.
type class struct {
	Class
	seed     uint64
	end      time.Duration // of its active time
	pacers   []pacer       // none for a trace
	keys     *keyring      // nil for bystanders and traces
	expected float64       // requests in all; 0 for a trace
	run      time.Duration // the whole one
}

// newClass readies a class that is valid and within the duration.
func newClass(seed uint64, duration time.Duration, c Class) *class {
	made := &class{Class: c, seed: seed, end: c.until(duration), run: duration}
	length := made.end - c.From
	forms := c.forms()
	if len(forms) == 0 && c.Rate > 0 {
		made.pacers = []pacer{steady(c.Rate)}
	}
	for _, f := range forms {
		made.pacers = f.pacers(c, length)
	}
	for _, p := range made.pacers {
		made.expected += p.expected(length)
	}
	if c.Keys != nil {
		made.keys = newKeyring(seed, c)
	}
	return made
}

// feed is the requests of the class, from the beginning. Streams are named by purpose
// and class, and not by place, so that a class that is added changes no other.
func (c *class) feed(from *Recordings) feed {
	if c.Trace != nil {
		return newReplay(c.Class, c.end, from)
	}
	g := &generated{class: c, writes: shareOf(c.Writes), ops: substream(c.seed, "ops/"+c.Class.Class), who: newVisitors(c.seed, c.Class)}
	for _, p := range c.pacers {
		a := &paced{pacer: p, from: c.From, until: c.end}
		if _, even := p.(volley); !even && c.Arrivals != "constant" {
			a.stream = substream(c.seed, "arrivals/"+c.Class.Class)
		}
		if g.arrivals == nil {
			g.arrivals = a
		} else {
			g.arrivals = newBeside(g.arrivals, a)
		}
	}
	if c.Again > 0 {
		return &echo{feed: g, after: c.Again, end: c.run}
	}
	return g
}

// generated is the requests of a class without a trace. Instants, keys, operations
// and visitors come from a stream each, so that to change one changes no other.
type generated struct {
	*class
	arrivals arrivals
	writes   share
	ops      *rand.PCG
	who      visitors
}

func (g *generated) advance() (time.Duration, error) {
	if at := g.arrivals.next(); at != never {
		return at, nil
	}
	return 0, io.EOF
}

// take draws key, operation and user in this order, each from its own stream. A
// bystander has none of them, and draws nothing.
func (g *generated) take(r *Request) {
	r.Op, r.User = Read, 0
	if g.keys == nil {
		r.Key, r.Rank, r.Size = "", 0, 0
		return
	}
	r.Key, r.Rank, r.Size = g.keys.draw()
	if g.writes.hit(g.ops) {
		r.Op = Write
	}
	r.User = g.who.draw()
}

func (g *generated) Close() error { return nil }
