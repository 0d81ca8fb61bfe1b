package metrics

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// What a histogram has is the same after it was packed, and so is what is added then.
func TestPack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	packed, plain := newHistogram(2), newHistogram(2)
	packed.pack() // of nothing
	for i := range 10_000 {
		if i%3000 == 2999 {
			packed.pack()
			if packed.hdr != nil || len(packed.packed) == 0 {
				t.Fatal("it is not packed")
			}
		}
		d := time.Duration(rng.ExpFloat64() * 1e8)
		packed.add(d)
		plain.add(d)
	}
	packed.pack()
	if got, want := packed.encode(), plain.encode(); got != want {
		t.Error("the histogram differs")
	}
	for _, q := range []float64{0, 0.5, 0.99, 1} {
		if got, want := packed.quantile(q), plain.quantile(q); got != want {
			t.Errorf("quantile %v is %v ms, want %v", q, got, want)
		}
	}
}

// A run has the same figures whether or not the windows that were over were packed, also
// of answers that came when they were; and when they were, it takes a fraction of the memory.
func TestWindowsOfLargeRuns(t *testing.T) {
	const windows, each = 20, 2 * worthPacking
	fold := func(timeout time.Duration) (*Summary, string) {
		rng := rand.New(rand.NewPCG(1, 2))
		s := NewSummary(Config{Classes: []ClassInfo{{Name: "page"}}, Duration: windows * time.Second, Window: time.Second, Timeout: timeout})
		for i := range windows * each {
			r := Record{Request: workloads.Request{At: time.Second * time.Duration(i) / each}, Attempts: 1, Outcome: FreshHit, Staleness: -1}
			if i%100 == 0 { // the end of one that began long before
				r.At /= 2
			}
			r.Age = time.Duration(rng.ExpFloat64() * 1e9)
			r.Done = r.At + time.Duration(rng.ExpFloat64()*1e7)
			s.Add(&r)
		}
		text, err := json.Marshal(s.Close())
		if err != nil {
			t.Fatal(err)
		}
		return s, string(text)
	}
	small, got := fold(time.Second)
	large, want := fold(time.Hour)
	if got != want {
		t.Error("the figures differ")
	}
	dense := func(s *Summary) (n int) {
		for _, w := range s.windows {
			if w.age.hdr != nil {
				n++
			}
		}
		return n
	}
	if dense(large) != windows || dense(small) > windows/2+3 {
		t.Errorf("%d and %d of %d windows have their histograms", dense(large), dense(small), windows)
	}
}
