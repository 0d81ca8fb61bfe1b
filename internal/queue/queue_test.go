package queue

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is the entries of a heap as a sorted list.
type model []Entry[int]

func (m model) sorted() model {
	slices.SortFunc(m, func(a, b Entry[int]) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seq, b.Seq)) })
	return m
}

// Whatever is done to a heap, the first entry is the least, ties go by number, and
// every value knows its place.
func TestHeapIsASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		places := make(map[int]int)
		h := Heap[int]{Moved: func(v, place int) { places[v] = place }}
		var want model
		at := rapid.Int64Range(0, 20) // few, so that they tie
		next := 0
		anyOf := func() int { return rapid.IntRange(0, len(want)-1).Draw(t, "which") }
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch step := rapid.IntRange(0, 5).Draw(t, "step"); {
			case step < 2 || len(want) == 0:
				e := Entry[int]{at.Draw(t, "at"), uint64(next), next}
				next++
				h.Push(e)
				want = append(want, e).sorted()
			case step == 2:
				if got := h.Pop(); got != want[0] {
					t.Fatalf("Pop is %v, want %v", got, want[0])
				}
				if place := places[want[0].Value]; place >= 0 {
					t.Fatalf("what was popped is said to be at %d", place)
				}
				want = want[1:]
			case step == 3:
				i := anyOf()
				h.Remove(places[want[i].Value])
				want = slices.Delete(want, i, i+1)
			case step == 4:
				e := &want[anyOf()]
				e.At = at.Draw(t, "at")
				h.Change(places[e.Value], e.At, e.Seq)
				want = want.sorted()
			case step == 5:
				want[0].At = at.Draw(t, "at")
				h.Replace(want[0])
				want = want.sorted()
			}
			if h.Len() != len(want) {
				t.Fatalf("%d entries, want %d", h.Len(), len(want))
			}
			if len(want) > 0 && *h.Min() != want[0] {
				t.Fatalf("the first is %v, want %v", *h.Min(), want[0])
			}
			for _, e := range want {
				if got := h.entries[places[e.Value]]; got != e {
					t.Fatalf("at the place of %v is %v", e, got)
				}
			}
		}
		for len(want) > 0 {
			if got := h.Pop(); got != want[0] {
				t.Fatalf("Pop is %v, want %v", got, want[0])
			}
			want = want[1:]
		}
	})
}

func TestRingIsFirstInFirstOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Ring[int]
		var want []int
		for i := range rapid.IntRange(1, 300).Draw(t, "steps") {
			if rapid.IntRange(0, 2).Draw(t, "step") > 0 || len(want) == 0 {
				r.Push(i)
				want = append(want, i)
			} else {
				if got := r.Pop(); got != want[0] {
					t.Fatalf("Pop is %d, want %d", got, want[0])
				}
				want = want[1:]
			}
			if r.Len() != len(want) || len(want) > 0 && *r.Front() != want[0] {
				t.Fatalf("%d values, want %v", r.Len(), want)
			}
		}
	})
}

// What was taken out is held by nobody, and room that was there is used again.
func TestQueuesKeepNothing(t *testing.T) {
	var h Heap[*int]
	var r Ring[*int]
	n := testing.AllocsPerRun(100, func() {
		for i := range int64(16) {
			h.Push(Entry[*int]{At: i, Value: new(int)})
			r.Push(nil)
		}
		for range 16 {
			h.Pop()
			r.Pop()
		}
	})
	if n > 16 {
		t.Errorf("%v allocations for 16 values", n)
	}
	for _, e := range h.entries[:16] {
		if e.Value != nil {
			t.Fatal("the heap holds what was taken out of it")
		}
	}
}
