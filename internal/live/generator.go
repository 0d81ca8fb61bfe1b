package live

import (
	"bufio"
	"cmp"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
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
	ctx     context.Context
	command []string
	order   order
	ledger  *ledger
	*choice

	last *metrics.Generator
}

func (g *generator) report() *metrics.Generator { return g.last }

// drive starts the process, gives it the plan and hears its news.
func (g *generator) drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	g.order.Requests = collect(next)
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

// converse says the order and then listens and answers to the end.
func (g *generator) converse(in io.Writer, out io.Reader, begin func(now time.Time)) error {
	to := bufio.NewWriter(in)
	words := gob.NewEncoder(to)
	say := func(what any) error { return cmp.Or(words.Encode(what), to.Flush()) }
	if err := say(&g.order); err != nil {
		return fmt.Errorf("it ended before it was done: %w", err)
	}
	hear := gob.NewDecoder(bufio.NewReader(out))
	var started time.Time
	for g.last == nil {
		var n news
		if err := hear.Decode(&n); err != nil {
			return fmt.Errorf("it ended before it was done: %w", err)
		}
		if n.Started != 0 {
			started = time.Unix(0, n.Started)
			begin(started)
		}
		for _, question := range n.Asked {
			// Who gave up waiting for the answer may have been the last, and the
			// generator is gone. If it is so before its time, its news end too.
			_ = say(g.choose(question))
		}
		for _, box := range n.Trouble {
			g.trouble(box)
		}
		for i := range n.Endings {
			e := &n.Endings[i]
			g.ledger.add(g.order.Requests[e.Seq].Key, started, e)
		}
		if n.Broken != "" {
			return errors.New(n.Broken)
		}
		g.last = n.Report
	}
	return nil
}

// choose answers a question for a box.
func (g *generator) choose(q question) picked {
	if box, ok := g.pick(q.Key); ok {
		return picked{Question: q.Number, Box: box}
	}
	return picked{Question: q.Number, Box: -1}
}
