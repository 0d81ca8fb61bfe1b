package live

import (
	"bufio"
	"cmp"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"time"

	"github.com/herdlab/herdlab/internal/live/child"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// leaving is how long a generator may take to end once it was told to.
const leaving = 3 * time.Second

// generator is the load from a process of its own: clients and boxes then share
// neither a scheduler nor a garbage collector.
type generator struct {
	ctx        context.Context
	command    []string
	assignment assignment
	ledger     *ledger
	*boxChoice

	last *metrics.Generator
}

// Report is what the process told at its end.
func (g *generator) Report() *metrics.Generator { return g.last }

// Drive starts the process, gives it the plan and hears what it sends.
func (g *generator) Drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	g.assignment.Requests = planOf(next)
	cmd := exec.Command(g.command[0], g.command[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
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
		return fmt.Errorf("start the load generator: %w", err)
	}
	defer g.end(p, in)
	leave := context.AfterFunc(g.ctx, func() { g.end(p, in) })
	defer leave()
	if err := g.converse(in, out, begin); err != nil {
		if g.ctx.Err() != nil {
			return context.Cause(g.ctx)
		}
		return fmt.Errorf("the load generator: %w", err)
	}
	return context.Cause(g.ctx)
}

// end tells the process to stop, and sees to it that it does.
func (g *generator) end(p *child.Process, in io.Closer) {
	_ = in.Close()
	limit := time.NewTimer(leaving)
	defer limit.Stop()
	select {
	case <-p.Ended():
	case <-limit.C:
		p.Kill()
	}
}

// converse sends the assignment, and then listens and answers to the end.
func (g *generator) converse(in io.Writer, out io.Reader, begin func(now time.Time)) error {
	to := bufio.NewWriter(in)
	words := gob.NewEncoder(to)
	say := func(what any) error { return cmp.Or(words.Encode(what), to.Flush()) }
	if err := say(&g.assignment); err != nil {
		return fmt.Errorf("it ended before it was done: %w", err)
	}
	hear := gob.NewDecoder(bufio.NewReader(out))
	var started time.Time
	for g.last == nil {
		var n updates
		if err := hear.Decode(&n); err != nil {
			return fmt.Errorf("it ended before it was done: %w", err)
		}
		if n.Started != 0 {
			started = time.Unix(0, n.Started)
			begin(started)
		}
		for _, asked := range n.Asked {
			// Who gave up waiting for the answer may have been the last, and the
			// generator is gone. If it is so before its time, its updates end too.
			_ = say(g.choose(asked))
		}
		for _, box := range n.Trouble {
			g.trouble(box)
		}
		for i := range n.Finished {
			e := &n.Finished[i]
			g.ledger.add(g.assignment.Requests[e.Seq].Key, started, e)
		}
		if n.Broken != "" {
			return errors.New(n.Broken)
		}
		g.last = n.Report
	}
	return nil
}

// choose answers a question for a box.
func (g *generator) choose(q boxQuestion) boxAnswer {
	if box, ok := g.pick(q.Key); ok {
		return boxAnswer{Question: q.Number, Box: box}
	}
	return boxAnswer{Question: q.Number, Box: -1}
}

// The protocol between the lab and a generator that is a process of its own is gob
// values, in order. The lab sends an assignment, and then a boxAnswer to every
// boxQuestion; it closes the pipe to stop the generator. The generator sends updates,
// and the last of them have its Report.

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

// boxQuestion asks which box a request of a key is to go to.
type boxQuestion struct {
	Number uint64
	Key    string
}

// boxAnswer is the answer to a question for a box.
type boxAnswer struct {
	Question uint64
	Box      int // -1: all are ejected
}

// updates are what happened since the last ones; most fields are empty.
type updates struct {
	Started  int64 // when time began, in nanoseconds of the Unix epoch
	Asked    []boxQuestion
	Trouble  []int // boxes that made a client wait for too long
	Finished []finishedRequest
	Report   *metrics.Generator // the last word
	Broken   string             // why it could not be done
}

func (n *updates) empty() bool {
	return n.Started == 0 && len(n.Asked)+len(n.Trouble)+len(n.Finished) == 0 && n.Report == nil
}
