package live

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"io"
	"math/rand/v2"
	"time"
)

// errTold is why a generator stops early.
var errTold = errors.New("told to stop")

// Generate is a load generator that is a process of its own: it reads its order
// from in, sends the requests, and tells out how they ended. See
// [Config.Generator]. It ends early when in is closed.
func Generate(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	hear := gob.NewDecoder(bufio.NewReader(in))
	var o order
	err := hear.Decode(&o)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF): // who gives the order has been stopped
		return nil
	case err != nil:
		return errors.New("this is for `loadtest run --generator process`, which tells the generator what to send")
	}
	t := newTeller(out, func(err error) { stop(err) })
	defer t.close()

	c := newClients(ctx, o.Client, o.LateAfter, rand.New(rand.NewPCG(o.Seed[0], o.Seed[1])))
	b := newBalanced(ctx, o, t)
	go b.listen(hear, func() { stop(errTold) })
	to := &targets{ctx: ctx, timeout: o.Client.Timeout, by: c.transport, boxes: o.Boxes, choice: &choice{b.pick, b.trouble}}
	c.attempt = to.attempt
	if o.Front != nil {
		c.attempt = o.Front.through(c).attempt
	}
	c.ended = func(_ string, e *ending) { t.tell(func(n *news) { n.Endings = append(n.Endings, *e) }) }

	err = c.follow(o.Requests, func(now time.Time) {
		t.tell(func(n *news) { n.Started = now.UnixNano() })
		t.hurry()
	})
	t.tell(func(n *news) {
		n.Report = c.report()
		if err != nil {
			n.Broken = err.Error()
		}
	})
	return nil
}
