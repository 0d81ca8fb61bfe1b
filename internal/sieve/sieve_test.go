package sieve

import (
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world is a time that tests set, and what is to run later.
type world struct {
	now   int64
	later []func()
}

func (w *world) config(entries int, bytes int64) Config {
	return Config{Entries: entries, Bytes: bytes, Now: func() int64 { return w.now }, After: func(_ time.Duration, f func()) { w.later = append(w.later, f) }}
}

// The map agrees with SIEVE as the paper writes it, over a slice, and with its bounds.
func TestAgainstModel(t *testing.T) {
	type entry struct {
		key         string
		value       int
		size, until int64
		used        bool
	}
	rapid.Check(t, func(t *rapid.T) {
		w := new(world)
		entries, bytes := rapid.IntRange(1, 5).Draw(t, "entries"), rapid.Int64Range(4, 12).Draw(t, "bytes")
		m := New[string, int](w.config(entries, bytes))
		var model []*entry // the oldest first
		hand, n := 0, 0
		find := func(key string) int { return slices.IndexFunc(model, func(e *entry) bool { return e.key == key }) }
		remove := func(i int) {
			model = slices.Delete(model, i, i+1)
			if hand > i {
				hand--
			}
			hand %= max(1, len(model))
		}
		sum := func() (total int64) {
			for _, e := range model {
				total += e.size
			}
			return total
		}
		keys := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"})
		t.Repeat(map[string]func(*rapid.T){
			"advance": func(t *rapid.T) { w.now++ },
			"put": func(t *rapid.T) {
				n++
				e := &entry{keys.Draw(t, "key"), n, rapid.Int64Range(0, 5).Draw(t, "size"), w.now + rapid.Int64Range(0, 4).Draw(t, "life"), false}
				got := m.Put(e.key, e.value, e.size, e.until)
				if i := find(e.key); i >= 0 {
					e.used = model[i].used
					remove(i)
				}
				if want := e.size <= bytes && e.until > w.now; got != want {
					t.Fatalf("kept: %v", got)
				}
				if !got {
					return
				}
				for range 2 {
					if len(model) > 0 && model[0].until <= w.now {
						remove(0)
					}
				}
				for len(model) > 0 && (len(model) >= entries || sum()+e.size > bytes) {
					if x := model[hand]; x.until > w.now && x.used {
						x.used = false
						hand = (hand + 1) % len(model)
						continue
					}
					remove(hand)
				}
				model = append(model, e)
			},
			"delete": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				i := find(key)
				if m.Delete(key) != (i >= 0) {
					t.Fatalf("%q was there: %v", key, i < 0)
				}
				if i >= 0 {
					remove(i)
				}
			},
			"get": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				got, ok := m.Get(key)
				i := find(key)
				if want := i >= 0 && model[i].until > w.now; ok != want || ok && got != model[i].value {
					t.Fatalf("%q is %d, %v", key, got, ok)
				}
				if ok {
					model[i].used = true
				}
			},
			"": func(t *rapid.T) {
				if n, b := m.Held(); n != len(model) || b != sum() {
					t.Fatalf("%d entries of %d bytes, want %d of %d", n, b, len(model), sum())
				}
			},
		})
	})
}

// What has expired is given back although nobody asks for it, by one timer at a time.
func TestExpiredAreGivenBack(t *testing.T) {
	w := new(world)
	m := New[int, []byte](w.config(0, 0))
	for i := range 100 {
		m.Put(i, nil, 1000, int64(10+i))
	}
	if len(w.later) != 1 {
		t.Fatalf("%d timers", len(w.later))
	}
	for _, want := range []int{50, 0} {
		w.now += 59
		run := w.later[0]
		w.later = w.later[1:]
		run()
		if n, bytes := m.Held(); n != want || bytes != int64(want)*1000 {
			t.Errorf("%d entries of %d bytes are held, want %d", n, bytes, want)
		}
	}
	if len(w.later) != 0 {
		t.Error("an empty map has a timer")
	}
}

// Readers and writers at once find whole values of their key or none, within the bounds.
func TestCrowd(t *testing.T) {
	m := New[int, [2]int](Config{Entries: 50, Now: func() int64 { return 0 }})
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 20_000 {
				key := (i*7 + g) % 100
				switch i % 4 {
				case 0:
					m.Put(key, [2]int{key, i}, 1, Forever)
				case 1:
					m.Delete((key + g) % 100)
				default:
					if v, ok := m.Get(key); ok && v[0] != key {
						t.Errorf("%d is %v", key, v)
					}
				}
			}
		})
	}
	all.Wait()
	if n, _ := m.Held(); n > 50 {
		t.Errorf("%d entries", n)
	}
}

func TestHitAllocatesNothing(t *testing.T) {
	begun := time.Now()
	m := New[string, string](Config{Entries: 10, Now: func() int64 { return int64(time.Since(begun)) }})
	m.Put("key", "value", 1, Forever)
	if n := testing.AllocsPerRun(1000, func() { m.Get("key") }); n != 0 {
		t.Errorf("%v allocations a hit", n)
	}
}

func BenchmarkGet(b *testing.B) {
	begun := time.Now()
	m := New[string, string](Config{Entries: 1024, Now: func() int64 { return int64(time.Since(begun)) }})
	keys := make([]string, 1024)
	for i := range keys {
		keys[i] = "key-" + string(rune('0'+i%10)) + time.Duration(i).String()
		m.Put(keys[i], "value", 1, int64(time.Hour))
	}
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, ok := m.Get(keys[i&1023]); !ok {
				b.Error("a miss")
			}
		}
	})
}
