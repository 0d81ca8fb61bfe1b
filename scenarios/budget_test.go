package scenarios_test

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

// budgeted is a scenario with a budget.
func budgeted(t *testing.T, budget string) (*scenarios.Scenario, error) {
	t.Helper()
	text := "duration: 1s\nfleet: {origin: {latency: 50ms}}\nworkload:\n  - {class: page, rate: 10/s, keys: {count: 1}}\nstrategies:\n  naive: {ttl: 1s}\n" + budget
	return scenarios.Read("b.yaml", []byte(text), nil)
}

func TestBudget(t *testing.T) {
	for budget, want := range map[string]string{
		"":                                      "failures: 0.1%",
		"budget: {p99: 200ms}\n":                "failures: 0.1%, p99: 200ms",
		"budget: {stale: 5m, failures: 0}\n":    "stale: 5m, failures: 0%",
		"budget: {computes: 90/min, age: 2h}\n": "failures: 0.1%, computes: 1.5/s, age: 2h",
		"budget: {failures: 100%, p99: 1500us}\n": "failures: 100%, p99: 1.5ms",
	} {
		s, err := budgeted(t, budget)
		if err != nil {
			t.Errorf("%q: %v", budget, err)
			continue
		}
		var got []string
		for _, l := range s.Budget {
			got = append(got, l.String())
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %v, want %s", budget, got, want)
		}
	}
	for budget, want := range map[string]string{
		"budget: 1%\n":              "b.yaml:7:9: budget is a value here: write a mapping such as {failures: 0.1%, p99: 200ms}",
		"budget: {failure: 1%}\n":   `b.yaml:7:10: unknown limit "failure"; did you mean "failures"?`,
		"budget: {p99: 200}\n":      "b.yaml:7:15: p99: ",
		"budget: {failures: []}\n":  "b.yaml:7:20: failures is a list here",
		"budget: {failures: -1%}\n": "b.yaml:7:20: failures: a limit is 0 or more",
		"budget: {p99: -1s}\n":      "b.yaml:7:15: p99: ",
	} {
		_, err := budgeted(t, budget)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", budget, err, want)
		}
	}
}

// all is the worst of the strategies, of the requests of every class.
func TestEveryStrategy(t *testing.T) {
	for expectation, want := range map[string]string{
		"all.failure_ratio < 0.1%":              "",
		"all.classes.page.p99 < 1s":             "",
		"naive.classes.all.failure_ratio < 1%":  "",
		"all.herd_peak < 5":                     "",
		"all.requests > 5":                      "", // of one strategy it is that one's
		"all.failure_rato < 0.1%":               `did you mean "failure_ratio"?`,
		"naive.classes.al.failure_ratio < 0.1%": "unknown class",
	} {
		_, err := budgeted(t, "expect: ['"+expectation+"']\n")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", expectation, err, want)
		}
	}
	text := "duration: 1s\nfleet: {origin: {latency: 50ms}}\nworkload:\n  - {class: page, rate: 10/s, keys: {count: 1}}\nstrategies:\n  a: {use: naive}\n  b: {use: naive}\nexpect: [all.requests > 5]\n"
	if _, err := scenarios.Read("b.yaml", []byte(text), nil); err == nil || !strings.Contains(err.Error(), "of requests no strategy's is the worst") {
		t.Error(err)
	}
	for _, label := range []string{"strategies:\n  all: {use: naive}\n", "strategies: {naive: {}}\nphases: {all: 0s..1s}\n"} {
		if _, err := scenarios.Read("b.yaml", []byte("duration: 1s\nfleet: {origin: {latency: 50ms}}\nworkload:\n  - {class: page, rate: 10/s, keys: {count: 1}}\n"+label), nil); err == nil || !strings.Contains(err.Error(), "has the name of all strategies together") {
			t.Error(err)
		}
	}
}
