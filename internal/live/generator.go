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
// The lab writes it an assignment, in gob, and from then on the two pipes are a connection
// of net/rpc, over which it calls Choose and Hear. The lab closes its pipe to stop it.
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
	Ask       bool        // the balancer chooses: ask it for every box; else they take turns
	Requests  []world.Request
}

// clients are those who send it, to the boxes that through picks.
func (a *assignment) clients(ctx context.Context, through *boxChoice) *clients {
	c := newClients(ctx, a.Client, a.LateAfter, rand.New(rand.NewPCG(a.Seed[0], a.Seed[1])))
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
