//go:build !race

package lab_test

import (
	"os"
	"testing"

	"github.com/herdlab/herdlab/internal/drawn"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
)

// Whatever is drawn from the language runs to its end, and the laws of the model hold
// after every event.
func TestDrawnScenariosKeepTheLaws(t *testing.T) {
	seeds := uint64(30)
	if os.Getenv("HERDLAB_SOAK") != "" {
		seeds = 1000
	}
	t.Setenv("HERDLAB_SOAK", "1")
	for seed := range seeds {
		d, err := drawn.Draw(seed, func(text string) error {
			_, err := scenarios.Read("drawn.yaml", []byte(text), nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sc := load(t, d.Text())
		run, err := lab.Run(sc, sc.Strategies[0], sc.Seed, lab.Setup{Clock: sim.New()})
		if err != nil {
			t.Fatalf("%v\n%s", err, d.Text())
		}
		if run.Requests == 0 {
			t.Errorf("nobody asks for anything:\n%s", d.Text())
		}
	}
}

// A load of the warm-up whose caller gave up ends during the run, in whose figures it is
// one more of its key and no computation.
func TestLoadOutlivesTheWarmUp(t *testing.T) {
	sc := load(t, `
duration: 1s
warm: 1
fleet: {origin: {latency: 900ms, timeout: 300ms}}
workload: [{class: page, keys: {count: 1}, burst: {requests: 1}}]
client: {timeout: 10s}
strategies: {naive: {}}
`)
	run, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: sim.New()})
	if err != nil {
		t.Fatal(err)
	}
	if run.WarmComputes != 1 || run.Computes != 1 || run.DuplicateComputes != 1 || run.HerdPeak != 2 {
		t.Errorf("warm-up %d, computes %d, duplicates %d, herd %d; want 1, 1, 1 beside the one of the warm-up, and so 2",
			run.WarmComputes, run.Computes, run.DuplicateComputes, run.HerdPeak)
	}
}
