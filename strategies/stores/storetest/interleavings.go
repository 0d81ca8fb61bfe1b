package storetest

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// interleavings has readers, who miss, read the origin and set, and writers, who
// commit and retire, do their steps in every possible order. With leases no order
// leaves an older value than the origin's in the store; with plain sets some do,
// or the test would see nothing.
func (c *check) interleavings() {
	s := c.leaser()
	for _, cast := range [][]actor{
		{reader, writer}, {reader, writer, writer}, {reader, append(append(actor{}, writer...), writer...)}, {reader, reader, writer},
	} {
		if orders := c.staleOrders(s, cast, false); len(orders) > 0 {
			c.Errorf("the origin's version is newer than what these orders leave: %v", orders)
		}
	}
	if orders := c.staleOrders(s, []actor{reader, writer}, true); len(orders) == 0 {
		c.Error("sets without a lease leave nothing old in any order: this test shows nothing")
	}
}

// staleOrders are those that leave an older version than the origin's.
func (c *check) staleOrders(s strategies.Leaser, cast []actor, plain bool) (stale [][]int) {
	for order := range orders(cast) {
		p := &performance{check: c, Leaser: s, key: fmt.Sprint(plain, order), plain: plain, committed: 1}
		p.play(cast, order)
		e, ok, err := c.Store.Get(background, p.key)
		if err != nil {
			c.Errorf("get: %v", err)
		}
		if ok && e.Version != p.committed {
			stale = append(stale, slices.Clone(order))
		}
	}
	return stale
}

// actor is who does some steps, one after the other.
type actor []func(p *performance, who int)

var (
	reader = actor{(*performance).miss, (*performance).readOrigin, (*performance).fill}
	writer = actor{(*performance).commit, (*performance).retire}
)

// performance is one key in one order.
type performance struct {
	*check
	strategies.Leaser
	key       string
	plain     bool
	committed uint64
	tokens    [3]string
	read      [3]uint64
}

func (p *performance) play(cast []actor, order []int) {
	done := make([]int, len(cast))
	for _, who := range order {
		cast[who][done[who]](p, who)
		done[who]++
	}
}

func (p *performance) miss(who int) {
	if p.plain {
		if _, ok, err := p.Store.Get(background, p.key); err != nil || !ok {
			p.tokens[who] = "none needed"
		}
		return
	}
	l, err := p.Lease(background, p.key, fmt.Sprint("reader ", who), time.Hour)
	if err != nil {
		p.Errorf("lease: %v", err)
	}
	p.tokens[who] = l.Token
}

func (p *performance) readOrigin(who int) { p.read[who] = p.committed }

func (p *performance) fill(who int) {
	e := p.entry("v", p.read[who])
	switch {
	case p.tokens[who] == "": // not given the lease, or it was a hit
	case p.plain:
		p.set(p.key, e, time.Hour)
	default:
		if _, err := p.SetLeased(background, p.key, p.tokens[who], e, time.Hour); err != nil {
			p.Errorf("set: %v", err)
		}
	}
}

func (p *performance) commit(int) { p.committed++ }

func (p *performance) retire(int) {
	var err error
	if p.plain {
		err = p.Store.Delete(background, p.key)
	} else {
		err = p.Retire(background, p.key, 1, time.Hour)
	}
	if err != nil {
		p.Errorf("delete: %v", err)
	}
}

// orders are all the ways in which the steps of a cast can follow each other: who
// does the next one.
func orders(cast []actor) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		left := make([]int, len(cast))
		total := 0
		for i, a := range cast {
			left[i] = len(a)
			total += len(a)
		}
		order := make([]int, 0, total)
		var next func() bool
		next = func() bool {
			if len(order) == total {
				return yield(order)
			}
			for who := range cast {
				if left[who] == 0 {
					continue
				}
				left[who]--
				order = append(order, who)
				if !next() {
					return false
				}
				order = order[:len(order)-1]
				left[who]++
			}
			return true
		}
		next()
	}
}
