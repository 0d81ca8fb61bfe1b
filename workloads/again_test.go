package workloads_test

import (
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// Every write has its follower, at its distance and of its key and size, unless the
// run is over by then; the requests themselves are those of the class without.
func TestWritesAgain(t *testing.T) {
	const after, run = 130 * time.Millisecond, 20 * time.Second
	plain := workloads.Class{
		Class: "save", Rate: 50, Writes: 0.4, Keys: &workloads.Keys{Count: 30, Zipf: 1}, Size: &workloads.Size{Median: 1000, P99: 9000}, Until: 19950 * time.Millisecond,
	}
	again := plain
	again.Again = after
	all := func(c workloads.Class) []workloads.Request {
		w, err := workloads.New(3, run, []workloads.Class{c})
		if err != nil {
			t.Fatal(err)
		}
		return slices.Collect(w.All())
	}
	var want []workloads.Request
	writes := 0
	for _, r := range all(plain) {
		want = append(want, r)
		if r.Op == workloads.Write {
			writes++
			if r.At += after; r.At < run {
				want = append(want, r)
			}
		}
	}
	slices.SortStableFunc(want, func(a, b workloads.Request) int { return int(a.At - b.At) })
	if got := all(again); writes < 300 || !slices.Equal(got, want) {
		t.Errorf("%d requests, want %d, of %d writes", len(got), len(want), writes)
	}
}

func TestAgainNeedsWrites(t *testing.T) {
	for _, c := range []workloads.Class{
		{Class: "view", Rate: 1, Again: time.Second, Keys: &workloads.Keys{Count: 1}},
		{Class: "save", Rate: 1, Writes: 1, Again: -1, Keys: &workloads.Keys{Count: 1}},
	} {
		if err := c.Validate(); err == nil || err.(*workloads.FieldError).Path != "again" {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
