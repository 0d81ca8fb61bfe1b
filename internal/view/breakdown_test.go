package view

import (
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// A run is taken apart by what it has several of, each part with the figures of its own
// requests.
func TestBreakdowns(t *testing.T) {
	page, ping := metrics.Figures{Requests: 90, Failures: 9}, metrics.Figures{Requests: 10, Failures: 1}
	page.Outcomes[metrics.Computed], page.Outcomes[metrics.Timeout] = 81, 9
	run := &metrics.Run{
		Strategy: "naive", Figures: page,
		Classes: map[string]metrics.Figures{"page": page, "ping": ping},
		Phases:  map[string]metrics.Figures{"calm": {Requests: 50}, "storm": {Requests: 40, Failures: 9}},
	}
	f := &metrics.File{
		DurationMS: 1, WindowMS: 1, Runs: []*metrics.Run{run}, Classes: []metrics.ClassInfo{{Name: "page"}, {Name: "ping", Bystander: true}},
		Phases: []metrics.PhaseMark{{Name: "fill", WarmUp: true}, {Name: "calm"}, {Name: "storm"}},
	}
	list := New(f, figures.All()).Breakdowns
	if len(list) != 3 {
		t.Fatalf("%d breakdowns: %+v", len(list), list)
	}
	outcomes := list[0]
	if len(outcomes.Columns) != 2 || outcomes.Columns[0].Title != "computed" || !outcomes.Columns[1].Failed {
		t.Errorf("the outcomes are %+v", outcomes.Columns)
	}
	if c := outcomes.Parts[0].Rows[0].Cells[1]; c.Text != "10 %" || c.Percentage() != 10 {
		t.Errorf("a tenth timed out, and it says %+v", c)
	}
	for i, want := range map[int][][2]string{1: {{"page", "9"}, {"ping, which never touches the cache", "1"}}, 2: {{"calm", "0"}, {"storm", "9"}}} {
		for j, part := range list[i].Parts {
			if list[i].Columns[0].Title != "failures" || part.Name != want[j][0] || part.Rows[0].Cells[0].Text != want[j][1] {
				t.Errorf("%s: part %d is %s with %+v", list[i].Title, j, part.Name, part.Rows[0].Cells[0])
			}
		}
	}

	alone := 0.25
	run.Popularity = []metrics.Popularity{{Keys: "1", Requests: 30, HitRatio: &alone, Computes: new(int64(7))}, {Keys: "101-", Requests: 60, EffectiveMS: &metrics.Latency{P99: 40}}}
	keys := New(f, figures.All()).Breakdowns[2]
	if len(keys.Parts) != 2 || keys.Parts[0].Name != "the most popular key" || keys.Parts[1].Name != "all others" {
		t.Fatalf("the keys are %+v", keys.Parts)
	}
	text := ""
	for _, part := range keys.Parts {
		for _, c := range part.Rows[0].Cells {
			text += c.Text + ", "
		}
	}
	if want := "30, 0, n/a, n/a, 25 %, 7, 60, 0, 40 ms, n/a, n/a, n/a, "; keys.Title != "By popularity of the key" || text != want {
		t.Errorf("%s: %s, want %s", keys.Title, text, want)
	}
	run.Popularity = nil

	f.Classes, f.Phases = f.Classes[:1], nil
	if n := len(New(f, figures.All()).Breakdowns); n != 1 {
		t.Errorf("of one class there are %d breakdowns", n)
	}
}

// Nothing is called the best of those that keep the budget where none keeps it.
func TestNoBestBeyondTheBudget(t *testing.T) {
	one := 1
	f := &metrics.File{
		DurationMS: 1, WindowMS: 1, Runs: []*metrics.Run{
			{Strategy: "a", Figures: metrics.Figures{Requests: 9, Failures: 1}}, {Strategy: "b", Figures: metrics.Figures{Requests: 9, Failures: 2}},
		},
		Verdicts: []metrics.Verdict{{Strategy: "a", Rank: &one}, {Strategy: "b", Rank: &one}},
	}
	if c := New(f, figures.All()).Rows[0].Cells[0]; c.Text != "1" || !c.Best {
		t.Errorf("the fewer failures are %+v", c)
	}
	for i := range f.Verdicts {
		f.Verdicts[i] = metrics.Verdict{Strategy: f.Verdicts[i].Strategy, Breaks: []metrics.Break{{Limit: "failures"}}}
	}
	for _, row := range New(f, figures.All()).Rows {
		if row.Cells[0].Best {
			t.Errorf("%s is the best of those that keep the budget, which none does", row.Name)
		}
	}
}
