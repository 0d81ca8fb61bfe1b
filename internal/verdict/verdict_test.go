package verdict_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/verdict"
)

// of is a run with a class of pages and one of bystanders.
func of(strategy string, seed uint64, p99 float64, failed, bystanders int64) *metrics.Run {
	set := func(failures int64, p99 float64) metrics.Figures {
		return metrics.Figures{Requests: 1000, Failures: failures, EffectiveMS: &metrics.Latency{P99: p99}}
	}
	return &metrics.Run{Strategy: strategy, Seed: seed, Classes: map[string]metrics.Figures{"page": set(failed, p99), "bystander": set(bystanders, 2)}}
}

func places(list []metrics.Verdict) (texts []string) {
	for _, v := range list {
		place := "out"
		if v.Rank != nil {
			place = fmt.Sprint(*v.Rank)
		}
		texts = append(texts, v.Strategy+" "+place)
	}
	return texts
}

// under is a run for every seed, by its score.
func under(strategy string, scores ...float64) (runs []*metrics.Run) {
	for i, p99 := range scores {
		runs = append(runs, of(strategy, uint64(i+1), p99, 0, 0))
	}
	return runs
}

// Strategies are held against the best one seed by seed, and luck that both have counts
// for neither: a seed of ten times the load moves no interval.
func TestBeside(t *testing.T) {
	got := verdict.Judge(&metrics.File{Clock: "virtual", Runs: slices.Concat(
		under("twice", 200, 402, 2000, 220, 240, 5000), under("best", 100, 200, 1000, 110, 120, 2500), under("same", 101, 199, 1010, 112, 130, 2490),
	)}, figures.All())
	if got[1].Beside != nil {
		t.Errorf("the best is held against %+v", got[1].Beside)
	}
	twice, same := got[0].Beside, got[2].Beside
	if twice.Strategy != "best" || twice.Verdict != metrics.Worse || twice.Times != 2 || twice.Low < 1.99 || twice.High > 2.01 || twice.Range || twice.P > 0.05 || twice.Seeds != 6 {
		t.Errorf("twice as long is %+v", twice)
	}
	if same.Verdict != metrics.Same || same.P <= 0.05 {
		t.Errorf("the same is %+v", same)
	}
	few := verdict.Judge(&metrics.File{Clock: "virtual", Runs: slices.Concat(under("a", 1), under("b", 1000))}, figures.All())
	if b := few[1].Beside; b.Verdict != metrics.NotEnough || !b.Range || *few[1].Rank != 2 {
		t.Errorf("of one seed: %+v", b)
	}
}

func failures() []metrics.Limit {
	return []metrics.Limit{{Name: "failures", Figure: "failure_ratio", Most: 0.001, Text: "failures: 0.1%"}}
}

func TestRank(t *testing.T) {
	for _, c := range []struct {
		name  string
		clock string
		runs  []*metrics.Run
		want  []string
	}{
		{"the fastest, and two that share the next place", "virtual", []*metrics.Run{
			of("c", 1, 500, 0, 0), of("a", 1, 100, 0, 0), of("b", 1, 510, 0, 0), of("d", 1, 900, 0, 0),
		}, []string{"c 2", "a 1", "b 2", "d 4"}},
		{"who refuses is not the fastest", "virtual", []*metrics.Run{of("refuses", 1, 1, 2, 0), of("answers", 1, 900, 1, 0)}, []string{"refuses out", "answers 1"}},
		{"nor who lets bystanders fail", "virtual", []*metrics.Run{of("parks", 1, 1, 0, 2), of("answers", 1, 900, 0, 0)}, []string{"parks out", "answers 1"}},
		{"one bad seed is enough", "virtual", []*metrics.Run{of("a", 1, 1, 0, 0), of("a", 2, 1, 2, 0), of("b", 1, 9, 0, 0), of("b", 2, 9, 0, 0)}, []string{"a out", "b 1"}},
		{"a fifth under one seed is luck", "virtual", []*metrics.Run{of("a", 1, 100, 0, 0), of("b", 1, 120, 0, 0)}, []string{"a 1", "b 1"}},
		{"a tenth under each of three may be", "virtual", slices.Concat(under("a", 100, 200, 300), under("b", 110, 220, 330)), []string{"a 1", "b 1"}},
		{"and under each of six is not", "virtual", slices.Concat(under("a", 100, 200, 300, 400, 100, 90), under("b", 110, 220, 330, 440, 110, 99)), []string{"a 1", "b 2"}},
		{"unless some seeds say the contrary", "virtual",
			slices.Concat(under("a", 100, 200, 300, 400, 110, 120), under("b", 110, 220, 330, 440, 90, 80)), []string{"a 1", "b 1"}},
		{"a hundredth is nothing, however certain", "virtual",
			slices.Concat(under("a", 100, 200, 300, 400, 500, 600), under("b", 101, 202, 303, 404, 505, 606)), []string{"a 1", "b 1"}},
		{"a few milliseconds of a machine", "wall", []*metrics.Run{of("a", 1, 2, 0, 0), of("b", 1, 6, 0, 0), of("c", 1, 8, 0, 0)}, []string{"a 1", "b 1", "c 3"}},
	} {
		got := verdict.Judge(&metrics.File{Clock: c.clock, Runs: c.runs, Budget: failures()}, figures.All())
		if diff := cmp.Diff(c.want, places(got)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}

// What a strategy breaks is told by its worst class and its worst seed.
func TestBreaks(t *testing.T) {
	got := verdict.Judge(&metrics.File{Clock: "virtual", Budget: failures(), Runs: []*metrics.Run{
		of("a", 1, 1, 2, 0), of("a", 2, 1, 0, 360), of("a", 3, 1, 1, 1),
	}}, figures.All())
	want := []metrics.Break{{Limit: "failures", Class: "bystander", Value: 0.36, Seeds: 2}}
	if diff := cmp.Diff(want, got[0].Breaks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A class of which nobody asked anything, and a limit that there is no more, are neither
// kept nor broken.
func TestNothingIsJudgedOfNothing(t *testing.T) {
	budget := append(failures(), metrics.Limit{Name: "gone", Figure: "gone", Most: 1})
	got := verdict.Judge(&metrics.File{Clock: "virtual", Budget: budget, Runs: []*metrics.Run{{Strategy: "a", Seed: 1}}}, figures.All())
	if len(got) != 1 || got[0].Rank != nil || got[0].ScoreMS != nil || len(got[0].Breaks) > 0 {
		t.Errorf("%+v", got)
	}
}
