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

// Bar shows how much of a work is done: a bar on a terminal, a plain line per tenth in
// a pipe, nothing when quiet.
type Bar struct {
	plain io.Writer // nil where no lines are written
	name  string
	bar   *progressbar.ProgressBar // nil where there is none

	mu   sync.Mutex
	said int // tenths of the whole, in plain lines
}

// NewBar begins to show on w the progress of what has a name.
func NewBar(w io.Writer, quiet bool, name string) *Bar {
	switch {
	case quiet:
		return &Bar{}
	case Terminal(w):
		return &Bar{bar: progressbar.NewOptions(1,
			progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name),
			progressbar.OptionSetWidth(40), progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))}
	}
	return &Bar{plain: w, name: name}
}

// Show hears how much is done, of how much.
func (b *Bar) Show(done, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		b.bar.ChangeMax(total)
		_ = b.bar.Set(done) // a terminal that went away stops nothing
	}
	if tenth := 10 * done / max(total, 1); b.plain != nil && tenth > b.said {
		b.said = tenth
		fmt.Fprintf(b.plain, "%s: %d %%\n", b.name, 10*tenth)
	}
}

// End takes the bar off the screen.
func (b *Bar) End() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}

// Progress shows how far a scenario has come.
type Progress struct {
	*Bar
	span time.Duration
	done []atomic.Int64 // thousandths of every run
}

const thousand = 1000

// NewProgress begins to show a scenario's progress on w.
func NewProgress(w io.Writer, quiet bool, sc *scenarios.Scenario) *Progress {
	p := &Progress{Bar: NewBar(w, quiet, sc.Name), span: sc.Duration, done: make([]atomic.Int64, len(sc.Strategies)*sc.Seeds)}
	if p.plain != nil {
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
	var sum int64
	for i := range p.done {
		sum += p.done[i].Load()
	}
	p.Show(int(sum), thousand*len(p.done))
}

// Terminal reports whether w is a screen.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Colourful reports whether to colour what goes to w (https://no-color.org).
func Colourful(w io.Writer) bool {
	return Terminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
