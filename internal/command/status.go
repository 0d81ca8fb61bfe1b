package command

import (
	"fmt"
	"io"
	"time"
)

// Status shows one line about work under way: written over several times a second on a
// terminal; a new line every ten seconds where there is none, or a dumb one; nothing
// when quiet. Its goroutine alone writes, so that a terminal that takes nothing more
// holds up nobody else.
type Status struct {
	w      io.Writer
	line   func() string
	screen bool
	said   string

	stop, done chan struct{}
}

const (
	redrawn  = 200 * time.Millisecond
	repeated = 10 * time.Second
)

// NewStatus begins to show what line says, which is called from another goroutine.
func NewStatus(w io.Writer, quiet bool, line func() string) *Status {
	s := &Status{w: w, line: line, screen: Terminal(w), stop: make(chan struct{}), done: make(chan struct{})}
	if quiet {
		close(s.done)
		return s
	}
	every := repeated
	if s.screen {
		every = redrawn
	}
	go s.show(time.NewTicker(every))
	return s
}

// show writes the line at once, with every tick, and in the end; from a screen it is
// taken away then.
func (s *Status) show(tick *time.Ticker) {
	defer close(s.done)
	defer tick.Stop()
	s.write()
	for {
		select {
		case <-tick.C:
			s.write()
		case <-s.stop:
			if s.screen {
				fmt.Fprint(s.w, "\r\x1b[K")
			} else if s.line() != s.said {
				s.write()
			}
			return
		}
	}
}

// write writes the line, also where it is what it was: silence is what a hang looks like.
func (s *Status) write() {
	s.said = s.line()
	if s.screen {
		fmt.Fprint(s.w, "\r\x1b[K"+s.said)
	} else {
		fmt.Fprintln(s.w, s.said)
	}
}

// End ends it, and waits until nothing is written any more.
func (s *Status) End() {
	close(s.stop)
	<-s.done
}
