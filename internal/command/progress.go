package command

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/herdlab/herdlab/scenarios"
)

// Progress shows how far a scenario has come: a bar on a terminal, a plain line
// per finished share in a pipe, nothing when quiet.
type Progress struct {
	w     io.Writer
	name  string
	span  time.Duration
	done  []atomic.Int64 // thousandths of every run
	bar   *progressbar.ProgressBar
	plain bool

	mu   sync.Mutex
	said int // tenths of the whole, in plain lines
}

const thousand = 1000

// NewProgress begins to show a scenario's progress on w.
func NewProgress(w io.Writer, quiet bool, sc *scenarios.Scenario) *Progress {
	p := &Progress{w: w, name: sc.Name, span: sc.Duration, done: make([]atomic.Int64, len(sc.Strategies)*sc.Seeds)}
	switch {
	case quiet:
	case Terminal(w):
		p.bar = progressbar.NewOptions(thousand*len(p.done),
			progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(sc.Name),
			progressbar.OptionSetWidth(40), progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))
	default:
		p.plain = true
		fmt.Fprintf(w, "%s: %d runs of %v\n", sc.Name, len(p.done), sc.Duration)
	}
	return p
}

// At hears that a run has come to an instant of its traffic. It is called for
// every request, so it does nothing until another thousandth is reached.
func (p *Progress) At(run, _ int, done time.Duration) {
	share := int64(done) / max(int64(p.span)/thousand, 1)
	if share <= p.done[run].Load() && share < thousand {
		return
	}
	p.done[run].Store(min(share, thousand))
	if p.bar == nil && !p.plain {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var sum int64
	for i := range p.done {
		sum += p.done[i].Load()
	}
	if p.bar != nil {
		_ = p.bar.Set64(sum) // a terminal that went away stops nothing
		return
	}
	if tenth := int(10 * sum / (thousand * int64(len(p.done)))); tenth > p.said {
		p.said = tenth
		fmt.Fprintf(p.w, "%s: %d %%\n", p.name, 10*tenth)
	}
}

// End takes the bar off the screen.
func (p *Progress) End() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// Terminal reports whether w is a screen.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Colourful reports whether to colour what goes to w (https://no-color.org).
func Colourful(w io.Writer) bool { return Terminal(w) && os.Getenv("NO_COLOR") == "" }
