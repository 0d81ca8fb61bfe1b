package live

import (
	"bufio"
	"cmp"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/rpc"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/live/child"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/workloads"
)

// leaving is how long a generator may take to end once it was told to.
const leaving = 3 * time.Second

// generator is the load from a process of its own: clients and boxes then share
// neither a scheduler nor a garbage collector.
//
// The lab writes an assignment, in gob, and from then on the two pipes are a connection of
// net/rpc, over which the generator calls Choose and Hear. The lab closes its pipe to stop
// the generator.
type generator struct {
	ctx        context.Context
	command    []string
	assignment assignment
	ledger     *ledger
	*boxChoice

	begin   func(now time.Time)
	started time.Time
	last    *metrics.Generator
	broken  string // why it could not be done
}

// Report is what the process told at its end.
func (g *generator) Report() *metrics.Generator { return g.last }

// Drive starts the process, gives it the plan and hears what it sends.
func (g *generator) Drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	g.assignment.Requests, g.begin = planOf(next), begin
	ctx, leave := context.WithCancel(g.ctx)
	defer leave()
	cmd := exec.CommandContext(ctx, g.command[0], g.command[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Cancel, cmd.WaitDelay = in.Close, leaving // it is told to stop, and sees to it or is killed
	// Not cmd.StdoutPipe, which is closed when the process ends, with what is yet to
	// be read in it.
	out, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	cmd.Stdout = theirs
	p, err := child.Start(cmd)
	_ = theirs.Close()
	if err != nil {
		return cmp.Or(context.Cause(g.ctx), fmt.Errorf("start the load generator: %w", err))
	}
	if err = g.converse(in, out); err != nil {
		err = fmt.Errorf("the load generator: %w", err)
	}
	leave()
	<-p.Ended()
	return cmp.Or(context.Cause(g.ctx), err)
}

// converse sends the assignment, and then answers to the end.
func (g *generator) converse(in io.WriteCloser, out io.ReadCloser) error {
	to := bufio.NewWriter(in)
	if err := cmp.Or(gob.NewEncoder(to).Encode(&g.assignment), to.Flush()); err != nil {
		return fmt.Errorf("it ended before it was done: %w", err)
	}
	lab := rpc.NewServer()
	if err := lab.RegisterName("Lab", g); err != nil {
		return err
	}
	// An answer that cannot be written is none that is waited for: who gave up may have
	// been the last, and the generator is gone.
	lab.ServeConn(struct {
		io.Reader
		io.WriteCloser
	}{out, in})
	switch {
	case g.broken != "":
		return errors.New(g.broken)
	case g.last == nil:
		return fmt.Errorf("it ended before it was done: %w", io.EOF)
	}
	return nil
}

// Choose answers which box a request for key is to go to; -1 where all are ejected.
func (g *generator) Choose(key string, box *int) error {
	var ok bool
	if *box, ok = g.pick(key); !ok {
		*box = -1
	}
	return nil
}

// Hear is told what happened, by one call at a time.
func (g *generator) Hear(n *Updates, _ *struct{}) error {
	if n.Started != 0 {
		g.started = time.Unix(0, n.Started)
		g.begin(g.started)
	}
	for _, box := range n.Trouble {
		g.trouble(box)
	}
	for i := range n.Finished {
		e := &n.Finished[i]
		g.ledger.add(g.assignment.Requests[e.Seq].Key, g.started, e)
	}
	g.last, g.broken = n.Report, n.Broken
	return nil
}

// assignment is the traffic, and whom to send it to.
type assignment struct {
	Client    world.ClientConfig
	LateAfter time.Duration
	Seed      [2]uint64 // of the back-offs
	Boxes     []*url.URL
	Front     *frontRoute // to which all goes; nil without
	Fresh     bool        // every request has a connection of its own, which a box accepts for a worker
	Workers   int         // of all boxes
	Ask       bool        // the balancer chooses: ask it for every box; else they take turns
	Requests  []world.Request
}

// clients are those who send it, to the boxes that through picks.
func (a *assignment) clients(ctx context.Context, through *boxChoice) *clients {
	c := newClients(ctx, a.Client, a.LateAfter, rand.New(rand.NewPCG(a.Seed[0], a.Seed[1])))
	if a.Fresh {
		c.transport.DisableKeepAlives = true
		c.inFlight = max(c.inFlight, 2*c.inFlight-min(2*c.inFlight, uint64(a.Workers))) // who dials or waits holds one descriptor, not two
	}
	c.attempt = func(r *world.Request) answer { return a.attempt(c, through, r) }
	if a.Front != nil {
		c.attempt = func(r *world.Request) answer { return a.Front.attempt(c, r) }
	}
	return c
}

// attempt sends r once, for clients, to the box that is picked.
func (a *assignment) attempt(c *clients, to *boxChoice, r *world.Request) answer {
	box, ok := to.pick(r.Key)
	if !ok {
		return answer{outcome: metrics.Rejected}
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.Timeout)
	defer cancel()
	got := send(c.transport.RoundTrip, newRequest(ctx, requestURL(a.Boxes[box], r), r.Op == workloads.Write))
	if got.outcome == metrics.Timeout {
		to.trouble(box)
	}
	return got
}

// Updates are what happened since the last ones; most fields are empty.
type Updates struct {
	Started  int64 // when time began, in nanoseconds of the Unix epoch
	Trouble  []int // boxes that made a client wait for too long
	Finished []finishedRequest
	Report   *metrics.Generator // the last word
	Broken   string             // why it could not be done
}

func (n *Updates) empty() bool {
	return n.Started == 0 && len(n.Trouble)+len(n.Finished) == 0 && n.Report == nil
}

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
	defer news.send() // what is left
	defer repeat(context.Background(), "outbox", gathering, func(context.Context) { news.send() })()

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
