package scenarios

import (
	"strings"
	"testing"
)

func TestCondition(t *testing.T) {
	figures := map[string]float64{
		"p99": 100, "failures": 0, "failure_ratio": 0, "herd_peak": 4,
		"classes.page.p99": 100, "classes.page.failures": 0,
		"classes.health_check.p99": 900, "classes.health_check.failures": 3,
		"classes.all.failures": 3, "classes.nobody.failures": 0, // no request, and no latency
	}
	value := func(name string) (float64, bool) { v, ok := figures[name]; return v, ok }
	for text, want := range map[string]bool{
		"p99 < 1s":                 true,
		"p99 < 500ms":              false, // of the health check it is 900 ms
		"failures == 0":            false,
		"classes.page.p99 < 500ms": true,
		"classes.page.p99 < 500ms && herd_peak <= 4": true,
		"classes.all.failures <= 3":                  true,
		"classes.all.failures < 3":                   false,
		"herd_peak < 4":                              false,
		"failures: 0.1%":                             true,
		"herd_peak > 3 ? p99 < 1s : failures == 0":   true,
		"failure_ratio < 0.1%":                       true,
		"hit_ratio > 0":                              true, // without a value
	} {
		c, err := ParseCondition(text, []string{"page", "health-check", "nobody"})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Holds(value); got != want || c.String() != text {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestConditionSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"p99 < 5":                    "column 7: 5 is a plain number, and p99 a duration",
		"failure: 1%":                `unknown limit "failure"; did you mean "failures"?`,
		"p99: fast":                  "p99: ",
		"p98 < 5s":                   `column 1: unknown figure "p98"; did you mean "p90"?`,
		"naive.p99 < 5s":             `"naive" is no figure: a condition is about every strategy`,
		"p99.x < 5s":                 "p99 is a figure: nothing can follow it",
		"classes.pag.p99 < 5s":       `column 9: unknown class "pag"; did you mean "page"?`,
		"classes < 1":                "a class is missing after classes: there are page",
		"classes.page > 1":           "a figure is missing",
		"classes.page.herd_peak > 1": "herd_peak is known of the whole run",
		"p99":                        "is a number and not true or false",
	} {
		if _, err := ParseCondition(text, []string{"page"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// A budget is a list of conditions. A limit on the command line takes the place of its
// own; an expression, of what it has by default, and stands beside what it states.
func TestBudgetAsConditions(t *testing.T) {
	for _, test := range []struct{ budget, keep, want string }{
		{"{}", "", "failures: 0.1%"},
		{"{p99: 200ms, stale: 5m}", "", "failures: 0.1%|p99: 200ms|stale: 5m"},
		{"{p99: 200ms}", "failure_ratio < 1%", "p99: 200ms"},
		{"{}", "failures: 2%", ""},
		{"{computes: 5/s}", "", "failures: 0.1%|computes: 5/s"},
		{"{p99: 200ms, stale: 5m}", "p99: 1s", "failures: 0.1%|stale: 5m"},
		{"{failures: 2%}", "failure_ratio < 1%", "failures: 2%"},
	} {
		s, err := Read("x.yaml", []byte("duration: 1s\nfleet: {origin: {latency: 1ms}}\nworkload: [{class: page, rate: 1/s, keys: {count: 1}}]\nstrategies: {naive: {}}\nbudget: "+test.budget), nil)
		if err != nil {
			t.Fatal(err)
		}
		var others []*Condition
		if test.keep != "" {
			c, err := ParseCondition(test.keep, nil)
			if err != nil {
				t.Fatal(err)
			}
			others = append(others, c)
		}
		got := s.Budget.Conditions(others)
		if strings.Join(got, "|") != test.want {
			t.Errorf("%s beside %q: %q, want %q", test.budget, test.keep, got, test.want)
		}
		for _, text := range got {
			if _, err := ParseCondition(text, nil); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}
