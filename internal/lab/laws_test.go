package lab_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
)

const lawful = `
duration: 1s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 100/s, arrivals: constant, keys: {count: 5}}]
strategies: {naive: {}}
`

// forger is the modelled world with one law broken on purpose.
type forger struct {
	*world.World
	clock  *sim.Sim
	broken time.Duration // from when on
}

func (f *forger) Laws(ended bool) error {
	if at := f.clock.Elapsed(); at >= f.broken {
		return fmt.Errorf("ended %v: there are more locks than holders", ended)
	}
	return f.World.Laws(ended)
}

func forged(t *testing.T, broken time.Duration) error {
	t.Helper()
	clk := sim.New()
	sc := load(t, lawful)
	_, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: clk, World: func(cfg world.Config, env world.Environment) (lab.World, error) {
		w, err := lab.Modelled(cfg, env)
		if err != nil {
			return nil, err
		}
		return &forger{w.(*world.World), clk, broken}, nil
	}})
	return err
}

// A law that is broken in the middle of a run is found at once under HERDLAB_SOAK,
// and the panic names the virtual time.
func TestBrokenLawIsFoundAtItsEvent(t *testing.T) {
	t.Setenv("HERDLAB_SOAK", "1")
	var fault *sim.PanicError
	err := forged(t, 200*time.Millisecond)
	if !errors.As(err, &fault) || fault.At != 200*time.Millisecond || !strings.Contains(err.Error(), "a law of the model is broken at 200ms of the run: ended false: there are more locks than holders") {
		t.Errorf("the run ended with %v", err)
	}
	if err := forged(t, time.Hour); err != nil {
		t.Errorf("with no law broken the run ended with %v", err)
	}
}

// Without it the end of the run finds it.
func TestBrokenLawIsFoundAtTheEnd(t *testing.T) {
	t.Setenv("HERDLAB_SOAK", "")
	defer func() {
		said := fmt.Sprint(recover())
		if !strings.Contains(said, "a law of the model is broken at 30s of the run: ended true: there are more locks than holders") {
			t.Errorf("the panic says %q", said)
		}
	}()
	t.Errorf("the run ended with %v", forged(t, 200*time.Millisecond))
}

// A world that loses a request, or ends one twice, breaks a law.
func TestRequestsAreConserved(t *testing.T) {
	for _, c := range []struct {
		ends int
		says string
	}{
		{0, "100 requests were given to the world, and 0 have ended"},
		{1, "<nil>"},
		{2, "100 requests were given to the world, and 200 have ended"},
	} {
		t.Run(fmt.Sprint(c.ends), func(t *testing.T) {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, c.says) {
					t.Errorf("the panic says %q, want %q", said, c.says)
				}
			}()
			sc := load(t, lawful)
			if _, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: sim.New(), World: func(_ world.Config, env world.Environment) (lab.World, error) {
				return &careless{foreign{parts: env}, c.ends}, nil
			}}); err != nil {
				t.Error(err)
			}
		})
	}
}

// careless is a foreign world that ends every request so many times.
type careless struct {
	foreign
	ends int
}

func (c *careless) Drive(next func(*world.Request) bool, _ func(time.Time)) error {
	for r := (world.Request{}); next(&r); {
		for range c.ends {
			c.end(&r)
		}
	}
	return nil
}
