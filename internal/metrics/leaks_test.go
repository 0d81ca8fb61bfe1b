package metrics

import (
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// A leak is a page of one user's that another is served, or nobody.
func TestLeaks(t *testing.T) {
	s := NewSummary(Config{
		Classes: []ClassInfo{{Name: "page"}}, Duration: 4 * time.Second, Window: time.Second,
		Phases: []Phase{{Name: "warm", To: time.Second, WarmUp: true}, {Name: "late", From: 3 * time.Second, To: 4 * time.Second}},
	})
	for _, r := range []Record{
		{Request: workloads.Request{At: 0, User: 1}, Owner: 2}, // in the warm-up
		{Request: workloads.Request{At: 1 * time.Second, User: 1}, Owner: 1},
		{Request: workloads.Request{At: 1 * time.Second, User: 1}}, // everybody's
		{Request: workloads.Request{At: 2 * time.Second, User: 1}, Owner: 7},
		{Request: workloads.Request{At: 3 * time.Second}, Owner: 7},
		{Request: workloads.Request{At: 3 * time.Second, User: 7}, Owner: 3},
	} {
		r.Age, r.Staleness, r.Attempts = -1, -1, 1
		s.Add(&r)
	}
	run := s.Close()
	if run.Leaks != 3 || run.Victims != 2 || run.Classes["page"].Leaks != 3 || run.Phases["late"].Leaks != 2 {
		t.Errorf("%d leaks of %d users, %d in the phase; want 3, 2 and 2", run.Leaks, run.Victims, run.Phases["late"].Leaks)
	}
	if want := []int64{1, 0, 1, 2}; !slices.Equal(run.Series.Leaks, want) {
		t.Errorf("over time %v, want %v", run.Series.Leaks, want)
	}
	none := NewSummary(Config{Classes: []ClassInfo{{Name: "page"}}, Duration: time.Second, Window: time.Second}).Close()
	if none.Series.Leaks != nil || none.Leaks != 0 {
		t.Error("leaks where there were no requests")
	}
}
