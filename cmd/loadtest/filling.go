package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/command"
)

// filling shows how a database fills: a line written over on a terminal, a line
// for every quarter in a pipe.
type filling struct {
	w        io.Writer
	name     string
	terminal bool
	begun    time.Time
	said     int // hundredths of the whole
}

func newFilling(w io.Writer, quiet bool, name string) *filling {
	f := &filling{w: w, name: name, terminal: command.Terminal(w), begun: time.Now()}
	if quiet {
		f.w = io.Discard
	}
	return f
}

// at hears of a batch.
func (f *filling) at(done, total int) {
	share, step := 100*done/max(total, 1), 25
	if f.terminal {
		step = 1
	}
	if share < f.said+step {
		return
	}
	f.said = share - share%step
	if f.terminal {
		fmt.Fprintf(f.w, "\r\x1b[Kfilling %s: %d %%", f.name, f.said)
		return
	}
	fmt.Fprintf(f.w, "filling %s: %d %%\n", f.name, f.said)
}

// end leaves the terminal clean.
func (f *filling) end() {
	if f.terminal {
		fmt.Fprint(f.w, "\r\x1b[K")
	}
}

func (f *filling) took() time.Duration { return time.Since(f.begun) }

func isHTTP(kind string) bool {
	return strings.HasPrefix(kind, "http://") || strings.HasPrefix(kind, "https://")
}
