package trace

import (
	"cmp"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// recorded keeps instants in runs of so many, as of several files, and returns what a
// reader has of them: the instants, and of each its place in the input as its size.
func recorded(t testing.TB, runs [][]int64) (instants, places []int64) {
	t.Helper()
	r := &Recording{keys: []string{"k"}, sizes: []int64{0}, sized: []sized{sizedFully}}
	defer r.Close()
	n := int64(0)
	for source, list := range runs {
		var events []event
		exact := false
		for _, at := range list {
			events = append(events, event{at: at, size: n, sized: sizedFully})
			n++
			exact = exact || at%second != 0
		}
		if err := r.spool.add(source, events); err != nil {
			t.Fatal(err)
		}
		r.coarse = append(r.coarse, !exact)
		r.spreads = r.spreads || !exact
	}
	reader := r.Reader()
	for {
		request, err := reader.Next()
		if err == io.EOF {
			return instants, places
		}
		if err != nil {
			t.Fatal(err)
		}
		instants, places = append(instants, request.At), append(places, int64(request.Size))
	}
}

// Whatever runs there are, they come out merged by time, ties in the order of the input.
func TestRunsAreMerged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.Custom(func(t *rapid.T) int64 { return rapid.Int64Range(0, 20*second).Draw(t, "instant")/second*second | 1 })
		runs := rapid.SliceOf(rapid.SliceOf(odd)).Draw(t, "runs")
		type placed struct{ at, place int64 }
		var want, got []placed
		for _, list := range runs {
			for _, at := range list {
				want = append(want, placed{at, int64(len(want))})
			}
		}
		slices.SortStableFunc(want, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
		instants, places := recorded(&testing.T{}, runs)
		for i := range instants {
			got = append(got, placed{instants[i], places[i]})
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

// Requests that share a second are spread over it where their file knows no more, and
// others keep their instants beside them.
func TestSpreadOverASecond(t *testing.T) {
	for _, c := range []struct {
		name   string
		runs   [][]int64
		want   []int64
		places []int64
	}{
		{"one file", [][]int64{{5e9, 7e9, 5e9, 5e9, 5e9}}, []int64{5e9, 5.25e9, 5.5e9, 5.75e9, 7e9}, []int64{0, 2, 3, 4, 1}},
		{"exact", [][]int64{{5e9, 5e9, 5e9 + 1}}, []int64{5e9, 5e9, 5e9 + 1}, []int64{0, 1, 2}},
		{"two files", [][]int64{{5e9, 6e9}, {5e9, 5e9, 4e9, 5e9}}, []int64{4e9, 5e9, 5.25e9, 5.5e9, 5.75e9, 6e9}, []int64{4, 0, 2, 3, 5, 1}},
		{"one of them exact", [][]int64{{5e9, 5e9}, {5.25e9, 5.75e9}}, []int64{5e9, 5.25e9, 5.5e9, 5.75e9}, []int64{0, 2, 1, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			instants, places := recorded(t, c.runs)
			if !slices.Equal(instants, c.want) || !slices.Equal(places, c.places) {
				t.Errorf("%v of %v, want %v of %v", instants, places, c.want, c.places)
			}
		})
	}
}

// What does not fit into memory is the same from the disk.
func TestSpoolOnDisk(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	keep := func(inMemory bool) (all []event) {
		var s spool
		defer s.Close()
		if !inMemory {
			s.size = keptInMemory
		}
		for range 3 {
			var events []event
			for range 40_000 {
				events = append(events, event{at: random.Int64N(1e15), size: random.Int64(), key: random.Uint32N(1 << 28), write: random.IntN(2) == 0, sized: sizedFully})
			}
			if err := s.add(0, events); err != nil {
				t.Fatal(err)
			}
		}
		if onDisk := s.file != nil; onDisk == inMemory {
			t.Fatalf("on disk: %v", onDisk)
		}
		for i := range s.runs {
			r := s.runs[i]
			if !inMemory {
				r.from, r.until = r.from-keptInMemory, r.until-keptInMemory
			}
			c := s.open(&r)
			for {
				more, err := c.next()
				if err != nil {
					t.Fatal(err)
				}
				if !more {
					break
				}
				all = append(all, c.event)
			}
		}
		return all
	}
	memory := keep(true)
	random = rand.New(rand.NewPCG(1, 2))
	if disk := keep(false); len(memory) != 120_000 || !slices.Equal(memory, disk) {
		t.Errorf("%d requests from memory, %d from the disk, which differ", len(memory), len(disk))
	}
}
