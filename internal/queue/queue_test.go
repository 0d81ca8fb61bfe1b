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

// Whatever is done to a heap, the first entry is the least, and ties go by number. Void
// entries come first at no time, and are not kept beyond a bound.
func TestHeapIsASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h Heap[int]
		current := make(map[int]int64) // of the values that are there
		void := func(e *Entry[int]) bool { at, there := current[e.Value]; return !there || at != e.At }
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
				current[e.Value] = e.At
				want = append(want, e).sorted()
			case step == 2:
				if got := h.Pop(); got != want[0] {
					t.Fatalf("Pop is %v, want %v", got, want[0])
				}
				delete(current, want[0].Value)
				want = want[1:]
			case step == 3:
				i := anyOf()
				delete(current, want[i].Value)
				want = slices.Delete(want, i, i+1)
			case step == 4:
				e := &want[anyOf()]
				e.At += 1 + at.Draw(t, "at") // which it never had before
				current[e.Value] = e.At
				h.Push(*e)
				want = want.sorted()
			case step == 5:
				want[0].At += at.Draw(t, "at")
				h.Replace(want[0])
				current[want[0].Value] = want[0].At
				want = want.sorted()
			}
			most := len(want) + rapid.IntRange(0, 20).Draw(t, "void ones that may stay")
			h.Drop(void, most)
			if h.Len() < len(want) || h.Len() > most {
				t.Fatalf("%d entries, want %d to %d", h.Len(), len(want), most)
			}
			if len(want) > 0 && *h.Min() != want[0] {
				t.Fatalf("the first is %v, want %v", *h.Min(), want[0])
			}
		}
		for h.Drop(void, len(want)); len(want) > 0; want = want[1:] {
			if got := h.Pop(); got != want[0] {
				t.Fatalf("Pop is %v, want %v", got, want[0])
			}
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
