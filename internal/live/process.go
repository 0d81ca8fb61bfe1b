package live

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"io"
	"net/rpc"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// errStopped is why a generator stops early.
var errStopped = errors.New("told to stop")

// Generate is a load generator that is a process of its own: it reads its
// assignment from in, sends the requests, and writes to out how they ended. See
// [Config.Generator]. It ends early when in is closed.
func Generate(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	from := bufio.NewReader(in)
	var o assignment
	err := gob.NewDecoder(from).Decode(&o)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF): // the lab has been stopped
		return nil
	case err != nil:
		return errors.New("this is for `loadtest run --generator process`, which tells the generator what to send")
	}
	lab := rpc.NewClient(labPipes{from, out, func() { stop(errStopped) }})
	news := &outbox{lab: lab, failed: stop}
	defer news.sendEvery(gathering)()

	b := &remoteBalancer{lab: lab, outbox: news, ask: o.Ask, boxes: uint64(len(o.Boxes))}
	c := o.clients(ctx, &boxChoice{b.pick, b.trouble})
	c.ended = func(_ string, e *finishedRequest) { news.add(func(n *Updates) { n.Finished = append(n.Finished, *e) }) }
	err = c.sendPlan(o.Requests, func(now time.Time) {
		news.add(func(n *Updates) { n.Started = now.UnixNano() })
		news.send()
	})
	news.add(func(n *Updates) {
		n.Report = c.Report()
		if err != nil {
			n.Broken = err.Error()
		}
	})
	return nil
}

// labPipes are the pipes to the lab, as a connection.
type labPipes struct {
	*bufio.Reader
	io.Writer
	closed func() // by the lab
}

// Read reads what the lab answers.
func (p labPipes) Read(b []byte) (n int, err error) {
	if n, err = p.Reader.Read(b); err != nil {
		p.closed()
	}
	return n, err
}

// Close leaves the pipes to the end of the process.
func (labPipes) Close() error { return nil }

// remoteBalancer is how a generator in a process of its own chooses boxes: in turns, or
// by asking the balancer, which sees what goes on in them.
type remoteBalancer struct {
	lab    *rpc.Client
	outbox *outbox
	ask    bool
	boxes  uint64
	turn   atomic.Uint64
}

func (b *remoteBalancer) pick(key string) (box int, ok bool) {
	if !b.ask {
		return int(b.turn.Add(1) % b.boxes), true
	}
	err := b.lab.Call("Lab.Choose", key, &box)
	return box, err == nil && box >= 0
}

func (b *remoteBalancer) trouble(box int) {
	b.outbox.add(func(n *Updates) { n.Trouble = append(n.Trouble, box) })
}

// gathering is how long updates may wait for more of them.
const gathering = 5 * time.Millisecond

// outbox sends updates to the lab, many at a time: a call for each request would cost
// the generator more than the request.
type outbox struct {
	lab    *rpc.Client
	failed func(error) // nobody listens

	sending sync.Mutex // one call at a time, in order
	mu      sync.Mutex
	pending Updates
}

// add adds to the updates that wait.
func (o *outbox) add(add func(*Updates)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	add(&o.pending)
}

// sendEvery sends what waits, again and again, until it is stopped: then all is sent.
func (o *outbox) sendEvery(pause time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	wall := clock.NewWall()
	wall.Go("outbox", func() {
		for wall.Sleep(ctx, pause) == nil {
			o.send()
		}
	})
	return func() {
		cancel()
		wall.Close()
		o.send()
	}
}

// send returns when the lab has heard of what waits.
func (o *outbox) send() {
	o.sending.Lock()
	defer o.sending.Unlock()
	o.mu.Lock()
	n := o.pending
	o.pending = Updates{}
	o.mu.Unlock()
	if n.empty() {
		return
	}
	if err := o.lab.Call("Lab.Hear", &n, new(struct{})); err != nil {
		o.failed(err)
	}
}
