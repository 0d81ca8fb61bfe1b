package strategies_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/herdlab/herdlab/strategies"
)

// The loader gets the key that was asked for, whatever is in it, and of a key
// without copies nothing is taken away.
func TestUnsmear(t *testing.T) {
	for _, c := range []struct{ prefix, stored, want string }{
		{"", "page#0", "page"}, {"", "page#12", "page"}, {"", "a#b#3", "a#b"}, {"", "#1", ""},
		{"hot", "hot:1#7", "hot:1"}, {"hot", "cold#1", "cold#1"},
	} {
		var got string
		load := strategies.Unsmear(strategies.LoaderFunc(func(_ context.Context, key string) (strategies.Value, error) {
			got = key
			return strategies.Value{}, nil
		}), strategies.SmearConfig{Prefix: c.prefix})
		if _, err := load.Load(background, c.stored); err != nil || got != c.want {
			t.Errorf("prefix %q: the load of %q is one of %q (%v), want %q", c.prefix, c.stored, got, err, c.want)
		}
	}
}

// heard is a strategy that notes what it is asked.
type heard struct {
	keys    map[string]int
	dropped []string
	fails   bool
}

func (h *heard) Get(_ context.Context, key string) (strategies.Result, error) {
	h.keys[key]++
	return strategies.Result{}, nil
}

func (h *heard) Invalidate(_ context.Context, key string, _ uint64) error {
	h.dropped = append(h.dropped, key)
	if h.fails {
		return fmt.Errorf("drop %s: %w", key, errCache)
	}
	return nil
}

// Reads are spread evenly over the copies: the chi-squared statistic of 8 has mean
// 7 and variance 14, and is held to five deviations. Keys that are not hot stay
// whole.
func TestSmearSpreadsReads(t *testing.T) {
	h := &heard{keys: map[string]int{}}
	s, err := strategies.NewSmear(h, strategies.SmearConfig{Prefix: "hot", Runtime: strategies.Runtime{Rand: rand.New(rand.NewPCG(1, 1))}})
	if err != nil {
		t.Fatal(err)
	}
	const n = 80_000
	for range n {
		_, _ = s.Get(background, "hot:1")
	}
	_, _ = s.Get(background, "cold:1")
	chi, mean := 0.0, n/8.0
	for i := range 8 {
		d := float64(h.keys[fmt.Sprint("hot:1#", i)]) - mean
		chi += d * d / mean
	}
	if len(h.keys) != 9 || h.keys["cold:1"] != 1 || chi > 7+5*math.Sqrt(14) {
		t.Errorf("%v: chi-squared %.1f", h.keys, chi)
	}
}

// A write drops every copy, and says so if one could not be dropped.
func TestSmearDropsAllCopies(t *testing.T) {
	for _, fails := range []bool{false, true} {
		h := &heard{fails: fails}
		s, err := strategies.NewSmear(h, strategies.SmearConfig{Copies: 3})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Invalidate(background, "page", 2)
		if errors.Is(err, errCache) != fails || !slices.Equal(h.dropped, []string{"page#0", "page#1", "page#2"}) {
			t.Errorf("fails %v: %v after %v", fails, err, h.dropped)
		}
	}
}
