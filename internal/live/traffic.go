package live

import (
	"net/url"
	"time"

	"github.com/herdlab/herdlab/internal/world"
)

// makeLoad makes the clients, in this process or in one of their own.
func (w *World) makeLoad() {
	rng := w.parts.Rand("clients")
	to := &ledger{record: w.parts.Record, superseded: w.origin.Superseded, progress: w.cfg.Progress}
	if len(w.cfg.Generator) > 0 {
		g := &generator{
			ctx: w.ctx, command: w.cfg.Generator, pick: w.pick, trouble: w.trouble, ledger: to,
			order: order{
				Client: w.sc.Client, LateAfter: w.cfg.LateAfter, Seed: [2]uint64{rng.Uint64(), rng.Uint64()},
				Boxes: w.addresses(), Ask: w.balancer.Chooses(),
			},
		}
		if w.front != nil {
			to.front = w.count
			g.order.Front = w.front.way()
		}
		w.traffic = g
		return
	}
	c := newClients(w.ctx, w.sc.Client, w.cfg.LateAfter, rng)
	t := &targets{
		ctx: w.ctx, timeout: w.sc.Client.Timeout, by: c.transport, boxes: w.addresses(), pick: w.pick, trouble: w.trouble,
	}
	c.attempt = t.attempt
	if w.front != nil {
		to.front = w.count
		c.attempt = w.front.way().through(c).attempt
	}
	c.ended = func(key string, e *ending) { to.add(key, c.started, e) }
	w.traffic = c
}

// addresses are where the boxes listen.
func (w *World) addresses() (list []*url.URL) {
	for _, b := range w.boxes {
		list = append(list, b.url)
	}
	return list
}

// pick asks the balancer for a box for a request of key.
func (w *World) pick(key string) (box int, ok bool) {
	picked := w.balancer.Pick(key)
	if picked == nil {
		return 0, false
	}
	return w.numbers[picked], true
}

func (w *World) trouble(box int) { w.boxes[box].box.Trouble() }

// Drive sends every request at its instant and returns when all have ended.
func (w *World) Drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	stop := func() {}
	defer func() { stop() }()
	err := w.traffic.drive(next, func(now time.Time) {
		if w.cfg.Probed != nil {
			stop = w.probe(w.cfg.Probed)
		}
		w.begun.Store(true)
		begin(now)
		w.usage.Begin(w.parts.Clock.Now(), w.clusterBoxes())
		w.schedule()
		w.balancer.Start(w.closed.Load)
	})
	if err != nil {
		w.cancel(err) // nobody is there for what is under way
	}
	return err
}
