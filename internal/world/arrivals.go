package world

import (
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// arrivals sends requests at their instants. It is one callback that renews
// itself, so that an arrival costs no process.
type arrivals struct {
	world   *World
	next    func(*Request) bool
	started time.Time
	again   func()
	request Request // the next one to send
	ended   clock.Event
}

// begin plans the first request.
func (a *arrivals) begin() {
	if !a.next(&a.request) {
		a.world.Clients.End(a.ended)
		return
	}
	a.world.clock.AfterFunc(a.request.At, a.again)
}

// arrive sends every request that is due.
func (a *arrivals) arrive() {
	now := a.world.clock.Now().Sub(a.started)
	for a.request.At <= now {
		a.world.Clients.Send(&a.request)
		if !a.next(&a.request) {
			a.world.Clients.End(a.ended)
			return
		}
	}
	a.world.clock.AfterFunc(a.request.At-now, a.again)
}
