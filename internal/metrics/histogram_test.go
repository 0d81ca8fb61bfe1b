package metrics

import (
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/workloads"
)

// The buckets are those of HDR's library: what it makes of the same durations has the same
// quantiles and the same bytes, also of histograms that were merged.
func TestHistogramIsHDR(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(2, 3).Draw(t, "digits")
		want := hdrhistogram.New(finest, longest, digits)
		parts := [2]histogram{newHistogram(digits), newHistogram(digits)}
		for range rapid.IntRange(1, 200).Draw(t, "durations") {
			bits := rapid.IntRange(0, 54).Draw(t, "bits")
			d := rapid.Int64Range(-1, 1<<bits).Draw(t, "duration")
			parts[rapid.IntRange(0, 1).Draw(t, "part")].add(time.Duration(d))
			if err := want.RecordValue(min(max(d, 0), longest)); err != nil {
				t.Fatal(err)
			}
		}
		got := &parts[0]
		got.merge(&parts[1])
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 0.999, 1, rapid.Float64Range(0, 1).Draw(t, "quantile")} {
			if got, want := got.at(q), want.ValueAtQuantile(100*q); got != want {
				t.Fatalf("quantile %v is %d, want %d", q, got, want)
			}
		}
		text, err := want.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
		if err != nil {
			t.Fatal(err)
		}
		if got.encode() != string(text) {
			t.Fatalf("the histogram is\n%s, want\n%s", got.encode(), text)
		}
	})
}

// The memory of a window does not grow with its requests: it is a kilobyte for each octave
// of durations that there were.
func TestWindowsOfLargeRuns(t *testing.T) {
	octaves := func(requests int) (n int) {
		s := NewSummary(Config{Classes: []ClassInfo{{Name: "page"}}, Duration: time.Second, Window: time.Second, Timeout: time.Second})
		for i := range requests {
			r := Record{Request: workloads.Request{At: time.Second * time.Duration(i) / time.Duration(requests)}, Attempts: 1, Outcome: FreshHit, Staleness: -1}
			r.Age = time.Second * time.Duration(i%1000) / 1000
			r.Done = r.At + time.Millisecond + 100*time.Millisecond*time.Duration(i%1000)/1000
			s.Add(&r)
		}
		for _, h := range []histogram{s.windows[0].took.usable, s.windows[0].age} {
			for _, counts := range h.octaves {
				if counts != nil {
					n++
				}
			}
		}
		return n
	}
	if small, large := octaves(2000), octaves(200_000); large != small || large > 25 {
		t.Errorf("a window of 2,000 requests takes %d octaves, and one of 200,000 %d", small, large)
	}
}
