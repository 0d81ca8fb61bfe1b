//go:build !race

package drawn_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/drawn"
	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/scenarios"
)

func accept(text string) error {
	_, err := scenarios.Read("drawn.yaml", []byte(text), nil)
	return err
}

// A seed has one scenario, which is read without a complaint; a hundred have every
// strategy and most kinds of faults among them, and no two are alike.
func TestDraw(t *testing.T) {
	texts := make(map[string]bool)
	var all strings.Builder
	for seed := range uint64(100) {
		s, err := drawn.Draw(seed, accept)
		if err != nil {
			t.Fatal(err)
		}
		if err := accept(s.Text()); err != nil {
			t.Fatalf("%v\n%s", err, s.Text())
		}
		texts[s.Text()] = true
		all.WriteString(s.Text())
		if seed%30 == 0 {
			if again, err := drawn.Draw(seed, accept); err != nil || again.Text() != s.Text() {
				t.Errorf("seed %d has two scenarios: %v", seed, err)
			}
		}
	}
	if len(texts) < 100 {
		t.Errorf("of 100 scenarios %d are different", len(texts))
	}
	for _, k := range catalog.All() {
		if !k.Over && !strings.Contains(all.String(), "\n  "+k.Name+": {") {
			t.Errorf("no scenario has %s", k.Name)
		}
	}
	missing := 0
	for _, k := range fault.Kinds() {
		if !strings.Contains(all.String(), "{kind: "+k.Name+",") {
			missing++
			t.Logf("no scenario has %s", k.Name)
		}
	}
	if missing > 6 { // what needs a front, a disk or warmers
		t.Errorf("%d kinds of faults are never drawn", missing)
	}
}

// What is left of a scenario is what it takes: here a fault and warm keys.
func TestShrink(t *testing.T) {
	shows := func(s *drawn.Scenario) (bool, error) {
		return strings.Contains(s.Text(), "kind: ") && strings.Contains(s.Text(), "warm: "), nil
	}
	for seed := uint64(0); ; seed++ {
		s, err := drawn.Draw(seed, accept)
		if err != nil {
			t.Fatal(err)
		}
		if is, _ := shows(s); !is {
			continue
		}
		small, err := s.Shrink(accept, shows)
		if err != nil {
			t.Fatal(err)
		}
		text := small.Text()
		if is, _ := shows(small); !is || strings.Contains(text, "client") || strings.Contains(text, "boxes") || !strings.HasSuffix(text, ": {}\n") {
			t.Errorf("shrunk to\n%s", text)
		}
		failed := errors.New("stopped")
		if first, err := s.Shrink(accept, func(*drawn.Scenario) (bool, error) { return false, failed }); first != s || err != failed {
			t.Errorf("stopped with %v", err)
		}
		return
	}
}
