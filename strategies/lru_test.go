package strategies

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The map agrees with a slice in order of use.
func TestLRUAgainstModel(t *testing.T) {
	type copied struct {
		key   string
		value uint64
		until time.Time
	}
	rapid.Check(t, func(t *rapid.T) {
		bound := rapid.IntRange(1, 5).Draw(t, "bound")
		l := newLRU(bound)
		var model []copied // most recently used first
		find := func(key string) int {
			return slices.IndexFunc(model, func(c copied) bool { return c.key == key })
		}
		now, n := t0, uint64(0)
		keys := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"})
		t.Repeat(map[string]func(*rapid.T){
			"advance": func(t *rapid.T) { now = now.Add(time.Second) },
			"put": func(t *rapid.T) {
				key, until := keys.Draw(t, "key"), now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "s"))*time.Second)
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
				got, ok, _ := l.get(key, now)
				i := find(key)
				if want := i >= 0 && now.Before(model[i].until); ok != want {
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
