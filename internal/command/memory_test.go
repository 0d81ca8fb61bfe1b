package command

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"
)

// Runs that hold more memory than they may are stopped as by Ctrl-C, and say why.
func TestWatch(t *testing.T) {
	var m Memory
	m.MaxMemory = new(byteSize)
	*m.MaxMemory = byteSize(heldMemory() + 100<<20)
	c, end := m.Watch(&Console{Ctx: context.Background(), Out: io.Discard, Err: io.Discard})
	defer end()
	var held [][]byte
	for c.Ctx.Err() == nil && len(held) < 1000 {
		held = append(held, make([]byte, 1<<20))
		for i := range held[len(held)-1] {
			held[len(held)-1][i] = 1
		}
		time.Sleep(time.Millisecond)
	}
	if len(held) < 20 || len(held) > 500 {
		t.Errorf("stopped after %d MB", len(held))
	}
	err := c.Interrupted("1 of 2 runs are finished")
	var exit *Exit
	if !errors.As(err, &exit) || exit.Code != ExitRun {
		t.Errorf("ends with %v", err)
	}
}

// Ctrl-C during the watch is Ctrl-C.
func TestWatchedInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c, end := Memory{}.Watch(&Console{Ctx: ctx})
	defer end()
	cancel()
	var exit *Exit
	if err := c.Interrupted("nothing is finished"); !errors.As(err, &exit) || exit.Code != ExitInterrupted || err.Error() != "interrupted: nothing is finished" {
		t.Errorf("ends with %v", err)
	}
}

func TestRefuse(t *testing.T) {
	m := Memory{MaxMemory: new(byteSize)}
	*m.MaxMemory = 2e9
	want := "grid needs about 12000MB of memory, most of it for 10 boxes, and may take 2000MB: make that smaller, run fewer than the 2 at once with --parallel, or raise --max-memory"
	if err := m.Refuse("grid", 12e9, "10 boxes", "--parallel", 2); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := m.Refuse("grid", 2e9, "10 boxes", "--parallel", 2); err != nil {
		t.Error(err)
	}
	if n := available(); n < 1<<20 {
		t.Errorf("only %d bytes are available to this test", n)
	}
}
