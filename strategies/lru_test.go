package strategies

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/strategies/clock"
)

// setClock is a clock that a test sets.
type setClock struct {
	clock.Clock
	now time.Time
}

func (c *setClock) Now() time.Time { return c.now }

// However large the values, the copies keep within their bytes, and those used last stay.
func TestCopiesAreBoundedInBytes(t *testing.T) {
	for _, exact := range []bool{true, false} {
		c := newCopies(1000, 10_000, Runtime{Clock: clock.NewWall(), ExactLRU: exact})
		until := time.Now().Add(time.Hour)
		data := make([]byte, 1000)
		for i := range 100 {
			c.put(fmt.Sprint("k", i), Result{Value: Value{Data: data}}, nil, until)
		}
		left := 0
		for i := range 100 {
			if _, ok, _ := c.get(fmt.Sprint("k", i)); ok {
				left++
			}
		}
		if _, last, _ := c.get("k99"); left != 8 || !last {
			t.Errorf("exact %v: %d copies of 1,202 bytes are left in 10,000, the last one %v", exact, left, last)
		}
		c.put("k99", Result{Value: Value{Data: make([]byte, 20_000)}}, nil, until)
		if _, ok, _ := c.get("k99"); ok {
			t.Errorf("exact %v: what does not fit is kept, or its old value is", exact)
		}
	}
}

// The map agrees with a slice in order of use.
func TestLRUAgainstModel(t *testing.T) {
	type copied struct {
		key   string
		value uint64
		until time.Time
	}
	rapid.Check(t, func(t *rapid.T) {
		bound := rapid.IntRange(1, 5).Draw(t, "bound")
		clk := &setClock{now: t0}
		l := newLRU(bound, 0, clk)
		var model []copied // most recently used first
		find := func(key string) int {
			return slices.IndexFunc(model, func(c copied) bool { return c.key == key })
		}
		n := uint64(0)
		keys := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"})
		t.Repeat(map[string]func(*rapid.T){
			"advance": func(t *rapid.T) { clk.now = clk.now.Add(time.Second) },
			"put": func(t *rapid.T) {
				key, until := keys.Draw(t, "key"), clk.now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "s"))*time.Second)
				n++
				l.put(key, Result{Value: Value{Version: n}}, nil, until)
				if i := find(key); i >= 0 {
					model = slices.Delete(model, i, i+1)
				} else if len(model) == bound {
					model = model[:bound-1]
				}
				model = slices.Insert(model, 0, copied{key, n, until})
			},
			"drop": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				l.drop(key)
				if i := find(key); i >= 0 {
					model = slices.Delete(model, i, i+1)
				}
			},
			"get": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				got, ok, _ := l.get(key)
				i := find(key)
				if want := i >= 0 && clk.now.Before(model[i].until); ok != want {
					t.Fatalf("%q is there: %v", key, ok)
				}
				if ok {
					if got.Version != model[i].value {
						t.Fatalf("%q is %d, want %d", key, got.Version, model[i].value)
					}
					c := model[i]
					model = slices.Insert(slices.Delete(model, i, i+1), 0, c)
				}
			},
			"": func(t *rapid.T) {
				if len(l.byKey) != len(model) || len(model) > bound {
					t.Fatalf("%d copies, want %d, and at most %d", len(l.byKey), len(model), bound)
				}
			},
		})
	})
}
