package live

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// errStopped is why a generator stops early.
var errStopped = errors.New("told to stop")

// Generate is a load generator that is a process of its own: it reads its
// assignment from in, sends the requests, and writes to out how they ended. See
// [Config.Generator]. It ends early when in is closed.
func Generate(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	hear := gob.NewDecoder(bufio.NewReader(in))
	var o assignment
	err := hear.Decode(&o)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF): // the lab has been stopped
		return nil
	case err != nil:
		return errors.New("this is for `loadtest run --generator process`, which tells the generator what to send")
	}
	news := newOutbox(out, func(err error) { stop(err) })
	defer news.close()

	c := newClients(ctx, o.Client, o.LateAfter, rand.New(rand.NewPCG(o.Seed[0], o.Seed[1])))
	b := newRemoteBalancer(ctx, o, news)
	go b.listen(hear, func() { stop(errStopped) })
	c.attempt = (&targets{c, o.Boxes, &boxChoice{b.pick, b.trouble}}).attempt
	if o.Front != nil {
		c.attempt = o.Front.through(c).attempt
	}
	c.ended = func(_ string, e *finishedRequest) { news.add(func(n *updates) { n.Finished = append(n.Finished, *e) }) }

	err = c.sendPlan(o.Requests, func(now time.Time) {
		news.add(func(n *updates) { n.Started = now.UnixNano() })
		news.sendNow()
	})
	news.add(func(n *updates) {
		n.Report = c.Report()
		if err != nil {
			n.Broken = err.Error()
		}
	})
	return nil
}

// remoteBalancer is how a generator in a process of its own chooses boxes: in turns, or
// by asking the balancer, which sees what goes on in them.
type remoteBalancer struct {
	ctx    context.Context
	outbox *outbox
	ask    bool
	boxes  uint64
	turn   atomic.Uint64

	mu        sync.Mutex
	questions uint64
	waiting   map[uint64]chan int
}

func newRemoteBalancer(ctx context.Context, o assignment, t *outbox) *remoteBalancer {
	return &remoteBalancer{ctx: ctx, outbox: t, ask: o.Ask, boxes: uint64(len(o.Boxes)), waiting: make(map[uint64]chan int)}
}

// listen passes the answers on. It calls stop when there will be no more.
func (b *remoteBalancer) listen(hear *gob.Decoder, stop func()) {
	defer stop()
	for {
		var p boxAnswer
		if hear.Decode(&p) != nil {
			return
		}
		b.mu.Lock()
		answer := b.waiting[p.Question]
		delete(b.waiting, p.Question)
		b.mu.Unlock()
		if answer != nil {
			answer <- p.Box
		}
	}
}

func (b *remoteBalancer) pick(key string) (box int, ok bool) {
	if !b.ask {
		return int(b.turn.Add(1) % b.boxes), true
	}
	answer := make(chan int, 1)
	b.mu.Lock()
	b.questions++
	asked := boxQuestion{b.questions, key}
	b.waiting[asked.Number] = answer
	b.mu.Unlock()
	b.outbox.add(func(n *updates) { n.Asked = append(n.Asked, asked) })
	b.outbox.sendNow()
	select {
	case box = <-answer:
		return box, box >= 0
	case <-b.ctx.Done():
		return 0, false
	}
}

func (b *remoteBalancer) trouble(box int) {
	b.outbox.add(func(n *updates) { n.Trouble = append(n.Trouble, box) })
}

// gathering is how long updates may wait for more of them.
const gathering = 5 * time.Millisecond

// outbox sends updates to the lab, many at a time: a gob value for each request
// would cost the generator more than the request.
type outbox struct {
	say    *gob.Encoder
	to     *bufio.Writer
	failed func(error) // nobody listens

	mu      sync.Mutex
	pending updates

	now   chan struct{}
	leave chan struct{}
	done  chan struct{}
}

func newOutbox(w io.Writer, failed func(error)) *outbox {
	o := &outbox{
		to: bufio.NewWriter(w), failed: failed,
		now: make(chan struct{}, 1), leave: make(chan struct{}), done: make(chan struct{}),
	}
	o.say = gob.NewEncoder(o.to)
	go o.run()
	return o
}

// add adds to the updates that wait.
func (o *outbox) add(add func(*updates)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	add(&o.pending)
}

// sendNow has what waits sent at once: somebody waits for the answer.
func (o *outbox) sendNow() {
	select {
	case o.now <- struct{}{}:
	default: // it already is to be
	}
}

// close returns when all is sent.
func (o *outbox) close() {
	close(o.leave)
	<-o.done
}

func (o *outbox) run() {
	defer close(o.done)
	tick := time.NewTicker(gathering)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-o.now:
		case <-o.leave:
			o.send()
			return
		}
		o.send()
	}
}

func (o *outbox) send() {
	o.mu.Lock()
	n := o.pending
	o.pending = updates{}
	o.mu.Unlock()
	if n.empty() {
		return
	}
	err := o.say.Encode(&n)
	if err == nil {
		err = o.to.Flush()
	}
	if err != nil {
		o.failed(err)
	}
}
