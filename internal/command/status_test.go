package command

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"
)

// In a pipe the line comes at once and in the end, and not again while it is the same.
func TestStatusInAPipe(t *testing.T) {
	var out bytes.Buffer
	var n atomic.Int64
	s := NewStatus(&out, false, func() string { return fmt.Sprint(n.Load(), " of 2") })
	for range 2 {
		n.Add(1)
	}
	s.End()
	if got := out.String(); got != "0 of 2\n2 of 2\n" && got != "2 of 2\n" && got != "1 of 2\n2 of 2\n" {
		t.Errorf("wrote %q", got)
	}
}

// stuckWriter takes nothing until it is let go, as a pipe that nobody reads.
type stuckWriter struct{ free chan struct{} }

func (w stuckWriter) Write(p []byte) (int, error) { <-w.free; return len(p), nil }

// A terminal that takes nothing more holds up nobody but the goroutine that writes to
// it.
func TestStatusOnAStuckTerminal(t *testing.T) {
	w := stuckWriter{make(chan struct{})}
	asked := make(chan struct{}, 10)
	s := NewStatus(w, false, func() string { asked <- struct{}{}; return "at work" })
	<-asked // it is about to write, or stuck
	close(w.free)
	s.End()
}

func TestQuietStatus(t *testing.T) {
	var out bytes.Buffer
	s := NewStatus(&out, true, func() string { t.Error("asked"); return "" })
	s.End()
	if out.Len() > 0 {
		t.Errorf("wrote %q", out.String())
	}
}
