package scenarios_test

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/scenarios"
)

const withExpect = `
duration: 30s
fleet: {origin: {latency: 50ms}}
workload:
  - {class: page, rate: 20/s, keys: {count: 10}}
  - {class: by-stander, rate: 5/s}
phases: {burst: 10s..20s}
strategies:
  naive: {ttl: 4h}
  two-level:
expect:
  - EXPRESSION
`

func expectation(t *testing.T, expression string) *scenarios.Expectation {
	t.Helper()
	s, err := scenarios.Read("x.yaml", []byte(strings.Replace(withExpect, "EXPRESSION", `"`+expression+`"`, 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.Expect[0]
}

func TestCheck(t *testing.T) {
	values := map[string]float64{
		"//naive//computes": 50, "//naive//failures": 998, "burst//naive//p99": 208.1234, "//two-level//p99": 0.25, "//naive//p99": 5021,
		"//naive//hit_ratio": 0.93125, "//naive/by-stander/max": 90000, "//naive//failure_ratio": 0.05, "//naive//p50": 0.5,
		"//two-level//computes": 1.5,
	}
	get := func(f figures.Figure, strategy, phase, class string) []float64 {
		if v, ok := values[phase+"//"+strategy+"/"+class+"/"+f.Name]; ok {
			return []float64{v}
		}
		return nil
	}
	for _, c := range []struct {
		expression string
		holds      bool
		reason     string
	}{
		{"naive.computes == 50", true, "naive.computes = 50"},
		{"naive.computes == 1 && naive.failures == 999", false, "naive.computes = 50, naive.failures = 998"},
		{"burst.naive.p99 < 200ms", false, "burst.naive.p99 = 208.123ms"},
		{"burst.naive.p99 < 0.3s and not (naive.computes > 50)", true, "burst.naive.p99 = 208.123ms, naive.computes = 50"},
		{"two_level.p99 == 250us", true, "two_level.p99 = 250us"},
		{"naive.hit_ratio > 93%", true, "naive.hit_ratio = 93.13%"},
		{"naive.hit_ratio > 0.94 || naive.failure_ratio <= 5%", true, "naive.hit_ratio = 93.13%, naive.failure_ratio = 5%"},
		{"naive.classes.by_stander.max == 1m30s", true, "naive.classes.by_stander.max = 1m30s"},
		{"naive.p99 < 10 * two_level.p99", false, "naive.p99 = 5.021s, two_level.p99 = 250us"},
		{"naive.computes > 10 && naive.computes < 100", true, "naive.computes = 50"},
		{"two_level.computes == 1.5", true, "two_level.computes = 1.5"},
		{"naive.failures / naive.evictions > 1", false, "naive.evictions has no value, naive.failures = 998"},
		{"naive.computes == 50 || naive.max > 1s", false, "naive.max has no value, naive.computes = 50"},
		{"(naive.computes > 40 ? naive.p50 < 1ms : naive.p50 > 1s)", true, "naive.computes = 50, naive.p50 = 500us"},
		{"naive.computes / (naive.computes - 50) > 1", false, "naive.computes = 50: a division by zero"},
		{"naive.computes == 50 || naive.computes / 0 > 1", true, "naive.computes = 50"},
		{"naive.computes * 100000000000000000 * 100000000000000000 * 100000000000000000 / 0.000000000000000001 * 100000000000000000 > 0", true, "naive.computes = 50"},
		{"naive.computes / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 / 0.000000000000000001 > 0", false, "naive.computes = 50: a number that is too large"},
		{"naive.failures > 97% * 1000 && naive.failures / 2 > 5% * naive.computes", true, "naive.failures = 998, naive.computes = 50"},
		{"1 - naive.hit_ratio - 5% < 10% && (1 - naive.hit_ratio) / (1 - naive.failure_ratio) < 13", true, "naive.hit_ratio = 93.13%, naive.failure_ratio = 5%"},
		{"naive.p99 > 0 && -naive.p99 + 1s < 0 && 7 / 2 * naive.p99 > 3.4 * naive.p99", true, "naive.p99 = 5.021s"},
		{"(naive.computes > 1) == (naive.failures > 1) and naive.failures / naive.computes > 19.9", true, "naive.computes = 50, naive.failures = 998"},
		{"1 < naive.computes <= 50 and naive.computes != 49", true, "naive.computes = 50"},
	} {
		holds, reason := expectation(t, c.expression).Check(get)
		if holds != c.holds || reason != c.reason {
			t.Errorf("%s\n got %v, %q\nwant %v, %q", c.expression, holds, reason, c.holds, c.reason)
		}
	}
}

// Over several seeds a figure is the median, or what stands before it.
func TestForms(t *testing.T) {
	seeds := map[string][]float64{"computes": {3, 1, 2, 5, 4, 6}, "hit_ratio": {0.5, 0.9}}
	get := func(f figures.Figure, strategy, _, _ string) []float64 {
		if strategy == "two-level" && f.Name == "computes" {
			return []float64{10, 20}
		}
		return seeds[f.Name]
	}
	for text, reason := range map[string]string{
		"naive.computes < 4":         "naive.computes = 3.5",
		"median(naive.computes) < 4": "median(naive.computes) = 3.5",
		"worst(naive.computes) < 7":  "worst(naive.computes) = 6",
		"best(naive.computes) < 2 && worst(naive.hit_ratio) < 51% && best(naive.hit_ratio) > 89%": "best(naive.computes) = 1, worst(naive.hit_ratio) = 50%, best(naive.hit_ratio) = 90%",
		"lower(naive.computes) < 2 && upper(naive.computes) > 5":                                  "lower(naive.computes) = 1, upper(naive.computes) = 6",
		"worst(all.computes) == 20 && best(all.computes) == 10":                                   "worst(all.computes) = 20, best(all.computes) = 10",
	} {
		if holds, got := expectation(t, text).Check(get); !holds || got != reason {
			t.Errorf("%s: %v, %s, want %s", text, holds, got, reason)
		}
	}
}

// What a command line requires is about the strategies that are left.
func TestRequire(t *testing.T) {
	s, err := scenarios.Read("x.yaml", []byte(strings.Replace(withExpect, "EXPRESSION", "naive.computes > 0", 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Strategies = s.Strategies[:1]
	if err := s.Require("all.failure_ratio < 0.1%"); err != nil {
		t.Fatal(err)
	}
	x := s.Expect[1]
	if got := x.Strategies(); len(got) != 1 || got[0] != "naive" || x.Set != "--require" || x.Line != 0 {
		t.Errorf("about %v, from %q, line %d", got, x.Set, x.Line)
	}
	if err := s.Require("worst(p99) < 1s && classes.all.p99 < 1s && burst.p99 < 1s"); err != nil {
		t.Error(err)
	} else if got := s.Expect[2].Strategies(); len(got) != 1 || got[0] != "naive" {
		t.Errorf("without a strategy it is about %v", got)
	}
	for text, want := range map[string]string{
		"p98 < 1s":                `column 1: unknown strategy or phase "p98"`,
		"all.failures_ratio < 1%": `column 5: unknown figure "failures_ratio"; did you mean "failure_ratio"?`,
		"two_level.p99 < 1s":      `column 1: unknown strategy or phase "two_level"`,
		"naive.p99 < 1":           "column 13: 1 is a plain number",
	} {
		if err := s.Require(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestExpectationStrategies(t *testing.T) {
	x := expectation(t, "two_level.computes < naive.computes && burst.two_level.p99 < 1s")
	if got := strings.Join(x.Strategies(), " "); got != "two-level naive" {
		t.Errorf("got %s", got)
	}
}

// Those of an override stand nowhere in the file.
func TestExpectationPlace(t *testing.T) {
	text := strings.Replace(withExpect, "EXPRESSION", "naive.computes > 1\n  - naive.computes > 2", 1)
	s, err := scenarios.Read("x.yaml", []byte(text), []string{"expect.1=naive.computes > 3"})
	if err != nil {
		t.Fatal(err)
	}
	if x := s.Expect[0]; x.Line != 12 || x.Set != "" {
		t.Errorf("%s: line %d, set %q, want line 12", x.Text, x.Line, x.Set)
	}
	if x := s.Expect[1]; x.Line != 0 || x.Set != "--set expect.1" {
		t.Errorf("%s: line %d, set %q, want --set expect.1", x.Text, x.Line, x.Set)
	}
}

// TestFiguresCompile holds that every figure can be named, and is asked for by its
// name.
func TestFiguresCompile(t *testing.T) {
	list := figures.All().Names(figures.Run)
	if len(list) < 30 {
		t.Fatalf("%d figures", len(list))
	}
	for _, name := range list {
		x := expectation(t, "naive."+name+" >= 0")
		asked := ""
		holds, _ := x.Check(func(f figures.Figure, _, _, _ string) []float64 { asked = f.Name; return []float64{1} })
		if !holds || asked != name {
			t.Errorf("%s: asked for %q, holds %v", name, asked, holds)
		}
	}
}
