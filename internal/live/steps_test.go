package live

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/origin"
)

// Steps are done in the order of their instants; one that fails is told, and one that is
// still under way when the traffic ends is ended and is no failure.
func TestSteps(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var done []string
	do := func(name string, err error) func(context.Context) error {
		return func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			done = append(done, name)
			return err
		}
	}
	last := make(chan struct{})
	var s steps
	s.begin(t.Context(), time.Now(), []Step{
		{At: 60 * time.Millisecond, Name: "second", Do: do("second", errors.New("exit status 1"))},
		{At: 0, Name: "first", Do: do("first", nil)},
		{At: 120 * time.Millisecond, Name: "long", Do: func(ctx context.Context) error {
			close(last)
			<-ctx.Done()
			return ctx.Err()
		}},
		{At: time.Hour, Name: "never", Do: do("never", nil)},
	})
	<-last
	if wrong := s.end(); len(wrong) != 1 || wrong[0] != "at 60ms, second: exit status 1" {
		t.Errorf("wrong: %q", wrong)
	}
	if !slices.Equal(done, []string{"first", "second"}) {
		t.Errorf("done: %q", done)
	}
	if wrong := new(steps).end(); wrong != nil {
		t.Errorf("nothing was to be done, and wrong is %q", wrong)
	}
}

// The faults of a scenario reach an origin that is another process.
func TestOriginSteps(t *testing.T) {
	t.Parallel()
	listener, err := origin.Listen(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { served <- origin.Serve(ctx, listener, origin.ServerConfig{}) }()
	base := "http://" + listener.Addr().(*net.TCPAddr).String()
	span := fault.Span{At: time.Second, For: time.Second}
	list := OriginSteps(base, fault.Scene{Duration: 3 * time.Second, Faults: []fault.Fault{fault.OriginDown{Span: span}}})
	if len(list) != 2 || list[0].At != time.Second || list[1].At != 2*time.Second {
		t.Fatalf("steps %+v, want the beginning and the end", list)
	}
	h, err := origin.NewHTTP(base, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for i, fails := range []bool{true, false} {
		if err := list[i].Do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Load(t.Context(), "k"); (err != nil) != fails {
			t.Errorf("after step %d: %v", i, err)
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if err := list[0].Do(t.Context()); err == nil || strings.Contains(err.Error(), "nil") {
		t.Errorf("an origin that is gone: %v", err)
	}
}
