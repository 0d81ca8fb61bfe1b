package view

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/sweep"
)

// below is the condition that a figure is below a number.
type below struct {
	figure string
	most   float64
}

func (b below) String() string { return b.figure + " < limit" }

func (b below) Holds(value func(string) (float64, bool)) bool {
	v, ok := value(b.figure)
	return ok && v < b.most
}

// swept is a sweep over axes, whose figures a function gives.
func swept(seeds int, axes []string, figure func(strategy string, values []string, seed int) map[string]float64, strategies ...string) *Sweep {
	head := sweep.Head{Grid: sweep.Grid{Scenario: "x", Seed: 1, Seeds: seeds}}
	for _, text := range axes {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			panic(err)
		}
		head.Grid.Axes = append(head.Grid.Axes, a)
	}
	var results []*sweep.Result
	for i := range head.Grid.Cells() {
		c := head.Grid.Cell(i)
		r := &sweep.Result{Cell: i, Seed: c.Seed}
		for _, name := range strategies {
			if head.Grid.Same(c.Point, name) == c.Point {
				r.Runs = append(r.Runs, sweep.Run{Strategy: name, Figures: figure(name, head.Grid.Values(c.Point), int(c.Seed))})
			}
		}
		results = append(results, r)
	}
	return NewSweep(head, results, figures.All(), []Condition{below{"failures", 10}})
}

// The sentence names the end of the values that keeps the budget, from whichever side.
func TestAnswers(t *testing.T) {
	for want, failing := range map[string]string{
		"mutex: the smallest wait that keeps the budget is 2 s.":                    "1s",
		"mutex: the largest wait that keeps the budget is 5 s.":                     "10s",
		"mutex: the only wait that keeps the budget is 2 s.":                        "1s 5s 10s",
		"mutex: the budget is kept from wait 2 s to 5 s.":                           "1s 10s",
		"mutex: the budget is kept with wait 1 s and 5 s alone.":                    "2s 10s",
		"mutex keeps the budget with every setting that was tried.":                 "",
		"mutex keeps the budget with no setting that was tried (failures < limit).": "1s 2s 5s 10s",
	} {
		s := swept(1, []string{"strategies.mutex.wait=10s,1s,2s,5s"}, func(name string, values []string, _ int) map[string]float64 {
			failures := 0.0
			if name == "mutex" && strings.Contains(" "+failing+" ", " "+values[0]+" ") {
				failures = 99
			}
			return map[string]float64{"failures": failures, "p99": 5, "computes": 3}
		}, "mutex", "naive")
		if got := s.Answers; len(got) != 2 || got[0] != want || got[1] != "naive keeps the budget." {
			t.Errorf("failing with %q: %q, want %q", failing, got, want)
		}
	}
}

// What one seed breaks is broken: a budget is no matter of the median.
func TestABudgetIsKeptUnderEverySeed(t *testing.T) {
	s := swept(3, []string{"fleet.workers=1,2,4"}, func(_ string, values []string, seed int) map[string]float64 {
		if values[0] == "2" && seed == 3 {
			return map[string]float64{"failures": 10}
		}
		return map[string]float64{"failures": 0}
	}, "naive")
	if got, want := s.Answers[0], "naive: the budget is kept with fleet.workers 1 and 4 alone."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Of two axes, one that makes no difference is said to; one that does makes a sentence
// for each of its values.
func TestAnswersOfTwoAxes(t *testing.T) {
	of := func(needed map[string]string) []string {
		return swept(1, []string{"strategies.mutex.wait=1s,2s,5s", "fleet.workers=10,20"}, func(_ string, values []string, _ int) map[string]float64 {
			if values[0] < needed[values[1]] {
				return map[string]float64{"failures": 99}
			}
			return map[string]float64{"failures": 0}
		}, "mutex").Answers
	}
	if got, want := of(map[string]string{"10": "2s", "20": "2s"}), "mutex: the smallest wait that keeps the budget is 2 s, whatever the fleet.workers."; len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
	got := of(map[string]string{"10": "5s", "20": "2s"})
	want := "mutex: the smallest wait that keeps the budget is 5 s with fleet.workers 10.|mutex: the smallest wait that keeps the budget is 2 s with fleet.workers 20."
	if strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The sentence about the first parameter leads, and what is of no help comes last.
func TestTheFirstAxisLeads(t *testing.T) {
	s := swept(1, []string{"strategies.mutex.wait=1s,2s", "fleet.workers=10,20"}, func(name string, values []string, _ int) map[string]float64 {
		if values[1] == "10" || name == "mutex" && values[0] == "1s" {
			return map[string]float64{"failures": 99}
		}
		return map[string]float64{"failures": 0}
	}, "naive", "mutex")
	want := "mutex: the smallest wait that keeps the budget is 2 s with fleet.workers 20.|mutex: no wait that was tried keeps the budget with fleet.workers 10.|naive: the smallest fleet.workers that keeps the budget is 20."
	if got := strings.Join(s.Answers, "|"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What settings do not concern has one choice, and no place is given to what breaks the
// budget, however good its other figures are: failing is fast.
func TestChoices(t *testing.T) {
	s := swept(1, []string{"strategies.mutex.wait=1s,2s,5s"}, func(name string, values []string, _ int) map[string]float64 {
		switch {
		case name == "naive":
			return map[string]float64{"failures": 0, "p99": 100, "computes": 50, "age_p99": 1000}
		case values[0] == "1s":
			return map[string]float64{"failures": 99, "p99": 1, "computes": 1, "age_p99": 1}
		case values[0] == "2s":
			return map[string]float64{"failures": 0, "p99": 200, "computes": 5, "age_p99": 1000}
		}
		return map[string]float64{"failures": 0, "p99": 201, "computes": 5, "age_p99": 1001} // the same to two digits
	}, "mutex", "naive")
	var got []string
	for _, c := range s.Best() {
		got = append(got, s.Describe(c)+": "+s.Costs(c))
	}
	want := "mutex, wait 2 s: p99 200 ms, computes 5, age at serve, p99 1 s|naive: p99 100 ms, computes 50, age at serve, p99 1 s"
	if strings.Join(got, "|") != want || len(s.Choices) != 4 {
		t.Errorf("%d choices, best %q, want %q", len(s.Choices), got, want)
	}
	if s.Kept() != 3 || s.Verdict() != "3 of 4 choices keep the budget" {
		t.Errorf("%d kept: %s", s.Kept(), s.Verdict())
	}
}

// No choice with a place is dominated by another, and every other one that keeps the
// budget is, or is the equal of one with a place.
func TestNoPlaceIsDominated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := rapid.Map(rapid.IntRange(1, 5), func(n int) float64 { return float64(n) })
		s := swept(1, []string{"fleet.workers=1,2,3,4,5,6,7,8"}, func(string, []string, int) map[string]float64 {
			return map[string]float64{
				"p99": figure.Draw(t, "p99"), "computes": figure.Draw(t, "computes"), "age_p99": figure.Draw(t, "age"), "failures": 8 + figure.Draw(t, "failures"),
			}
		}, "naive", "mutex")
		for i := range s.Choices {
			c := &s.Choices[i]
			beaten := false
			for j := range s.Choices {
				o := &s.Choices[j]
				if i != j && o.Kept && o.Place > 0 && noWorse(s, o, c) {
					beaten = true
				}
			}
			if c.Place > 0 && !c.Kept || c.Kept && (c.Place > 0) == beaten {
				t.Fatalf("choice %d keeps the budget: %v, has place %d, and is beaten: %v", i, c.Kept, c.Place, beaten)
			}
		}
	})
}

// noWorse reports whether a is as good as b in each of the three.
func noWorse(s *Sweep, a, b *Choice) bool {
	for _, f := range s.Trade.List() {
		if a.Median(f.Name) > b.Median(f.Name) {
			return false
		}
	}
	return true
}

// What is within the noise of a figure, or goes up under one seed and down under the
// other, depends on nothing.
func TestDepends(t *testing.T) {
	for name, test := range map[string]struct {
		at   func(workers string, seed int) float64
		want bool
	}{
		"the same":         {func(string, int) float64 { return 1990 }, false},
		"a few more":       {func(w string, _ int) float64 { return 1990 + float64(len(w)) }, false},
		"twice as many":    {func(w string, _ int) float64 { return 1990 * float64(len(w)) }, true},
		"by the seed":      {func(_ string, seed int) float64 { return 1000 * float64(seed) }, false},
		"up and down":      {func(w string, seed int) float64 { return 1000 + 600*float64(len(w)*(seed%3)-2*seed%2) }, false},
		"nothing measured": {func(string, int) float64 { return math.NaN() }, false},
	} {
		s := swept(3, []string{"fleet.workers=1,20"}, func(_ string, values []string, seed int) map[string]float64 {
			return map[string]float64{"computes": test.at(values[0], seed)}
		}, "naive")
		f, _ := figures.All().Find("computes")
		if got := s.Depends(f); got != test.want {
			t.Errorf("%s: depends %v", name, got)
		}
	}
}

func TestTwoDigits(t *testing.T) {
	for v, want := range map[float64]float64{0: 0, 1082: 1100, 1049: 1000, 0.0123: 0.012, 99.9: 100, 5: 5} {
		if got := twoDigits(v); math.Abs(got-want) > 1e-9*want {
			t.Errorf("%g to two digits is %g, want %g", v, got, want)
		}
	}
}

// A cell that failed is missing, and its choice keeps nothing.
func TestAMissingCell(t *testing.T) {
	whole := swept(1, []string{"fleet.workers=1,2"}, func(string, []string, int) map[string]float64 {
		return map[string]float64{"failures": 0}
	}, "naive")
	head := whole.Head
	s := NewSweep(head, []*sweep.Result{{Cell: 0, Seed: 1, Runs: []sweep.Run{{Strategy: "naive", Figures: map[string]float64{"failures": 0}}}}}, figures.All(), whole.Conditions)
	if s.Missing != 1 || s.Choice(0, 1).Kept || !s.Choice(0, 0).Kept || !strings.Contains(s.Size(), "1 cell is missing, because it failed") {
		t.Errorf("%d missing, kept %v: %s", s.Missing, s.Choice(0, 1).Kept, s.Size())
	}
}
