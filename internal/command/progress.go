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

	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// Of a long work there is a line before the first tenth is done.
const (
	firstLine = time.Second // by then the pace says how long the rest takes

	// longWork is what is worth a word before its first line.
	longWork = time.Minute
)

// Bar shows how much of a work is done: a bar on a terminal; in a pipe a plain line for
// every tenth and at least every ten seconds, with the time left, and one after the first
// second if the whole takes longer than a minute; nothing when quiet.
type Bar struct {
	out  io.Writer // nil when quiet
	name string
	bar  *progressbar.ProgressBar // nil where lines are written

	done, total atomic.Int64
	begun       time.Time

	mu          sync.Mutex
	said        time.Duration // after begun, when the last line was written
	tenths      atomic.Int64  // of the whole, in lines
	leave, left chan struct{}
}

// NewBar begins to show on w the progress of what has a name.
func NewBar(w io.Writer, quiet bool, name string) *Bar {
	b := &Bar{out: w, name: name, begun: time.Now(), leave: make(chan struct{}), left: make(chan struct{})}
	switch {
	case quiet:
		b.out = nil
		close(b.left)
		return b
	case Terminal(w):
		b.bar = progressbar.NewOptions(1,
			progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(redrawn/2),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))
	}
	go b.refresh()
	return b
}

// Show hears how much is done, of how much. It may be called as often as one likes.
func (b *Bar) Show(done, total int) {
	b.total.Store(int64(total))
	b.done.Store(int64(done))
	if b.out != nil && b.bar == nil && int64(10*done/max(total, 1)) > b.tenths.Load() {
		b.write(time.Since(b.begun))
	}
}

// refresh draws again and again, also while nothing gets done.
func (b *Bar) refresh() {
	defer close(b.left)
	every := firstLine
	if b.bar != nil {
		every = redrawn
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-b.leave:
			return
		}
		if b.bar != nil {
			b.bar.ChangeMax64(max(b.total.Load(), 1))
			_ = b.bar.Set64(b.done.Load()) // a terminal that went away stops nothing
		} else {
			b.write(time.Since(b.begun))
		}
	}
}

// write writes the line that is due after some time, if one is.
func (b *Bar) write(took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if line := b.due(took); line != "" {
		fmt.Fprintln(b.out, line)
	}
}

// due is the line that is to be written after some time, if one is.
func (b *Bar) due(took time.Duration) string {
	left, tenths := b.remaining(took), 10*b.done.Load()/max(b.total.Load(), 1)
	switch {
	case b.said == 0 && took >= firstLine && left > longWork:
		b.said = took
		return fmt.Sprintf("%s: about %v, judged by its first %v", b.name, rough(took+left), took.Round(time.Second))
	case tenths > b.tenths.Load() || took-b.said >= repeated-firstLine/2: // a ticker is not exact
		b.said = took
		b.tenths.Store(tenths)
		return b.line(took)
	}
	return ""
}

// line is how far the work has come after some time.
func (b *Bar) line(took time.Duration) string {
	if b.done.Load() == 0 {
		return fmt.Sprintf("%s: in preparation, %v", b.name, took.Round(time.Second))
	}
	text := fmt.Sprintf("%s: %d %%", b.name, 100*b.done.Load()/max(b.total.Load(), 1))
	if left := b.remaining(took); took >= firstLine && left > 0 {
		text += fmt.Sprintf(", about %v left", rough(left))
	}
	return text
}

// remaining is the time left if the rest goes as what is done did, and 0 before anything is.
func (b *Bar) remaining(took time.Duration) time.Duration {
	done := b.done.Load()
	if done == 0 {
		return 0
	}
	return time.Duration(float64(took) * float64(b.total.Load()-done) / float64(done))
}

// rough is a time as an estimate is worth: to the second, or to the minute where there
// are many.
func rough(d time.Duration) time.Duration {
	if d >= 10*time.Minute {
		return d.Round(time.Minute)
	}
	return max(d.Round(time.Second), time.Second)
}

// End takes the bar off the screen.
func (b *Bar) End() {
	if b.out == nil {
		return
	}
	close(b.leave)
	<-b.left
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}

// Progress shows how far a scenario has come.
type Progress struct {
	*Bar
	span time.Duration
	done []atomic.Int64 // parts of every run
	sum  atomic.Int64   // of done
}

// parts are the steps in which a run is told: fine enough that the first second of a
// long one says how long it takes.
const parts = 10_000

// NewProgress begins to show a scenario's progress on w.
func NewProgress(w io.Writer, quiet bool, sc *scenarios.Scenario) *Progress {
	p := &Progress{Bar: NewBar(w, quiet, sc.Name), span: sc.Duration, done: make([]atomic.Int64, len(sc.Strategies)*sc.Seeds)}
	if p.out != nil && p.bar == nil {
		fmt.Fprintf(w, "%s: %d runs of %v\n", sc.Name, len(p.done), sc.Duration)
	}
	return p
}

// At hears that a run has come to an instant of its traffic. It is called for
// every request, so it does nothing until another part is reached.
func (p *Progress) At(run, _ int, done time.Duration) {
	share := min(int64(done)/max(int64(p.span)/parts, 1), parts)
	if before := p.done[run].Load(); share > before {
		p.done[run].Store(share)
		p.Show(int(p.sum.Add(share-before)), parts*len(p.done))
	}
}

// Terminal reports whether w is a screen on which a line can be written over.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// Colourful reports whether to colour what goes to w (https://no-color.org).
func Colourful(w io.Writer) bool { return Terminal(w) && os.Getenv("NO_COLOR") == "" }

// screenOf is what there is to show a table on.
func screenOf(w io.Writer) reports.Screen {
	s := reports.Screen{Color: Colourful(w)}
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			s.Width = width
		}
	}
	return s
}
