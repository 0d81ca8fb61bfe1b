package compare_test

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

func TestParseRule(t *testing.T) {
	for _, text := range []string{
		"p99 +10%", "failures +0", "mutex.computes +5", "all.p99 +10% ", "any worse", "any changed", "naive.any worse 5%", "hit_ratio -1pp", "hit_ratio -0",
		"burst.swr.p99 +5ms", "swr.classes.page.p99 +1.5s", "requests -5%", "cache_bytes_out +1MB", "computes_per_s +5/s", "slow_requests worse", "cache_gets changed 1%", "p99 +250%",
	} {
		r, err := compare.ParseRule(text, figures.All())
		if err != nil || r.Text != strings.TrimSpace(text) {
			t.Errorf("%q: %q, %v", text, r.Text, err)
		}
	}
	for text, want := range map[string]string{
		"":                    `it is empty: write a figure and what is too much, such as "p99 +10%", "failures +0" or "any worse"`,
		"p99":                 `"p99" does not say what is too much: write "p99 +10%" or "p99 worse"`,
		"p99+10%":             `"p99+10%" has no space before its limit: write "p99 +10%"`,
		"p99 10%":             `"p99 10%" has no sign: write +10% for what is too much, or -10% for what is too little`,
		"p99 worst":           `"worst" is no change; did you mean worse?`,
		"p99 > 10":            `"p99 > 10" is no rule: write a figure and what is too much`,
		"p9 +10%":             `unknown figure "p9"; did you mean p90?`,
		"latency +10%":        `unknown figure "latency"; there are requests, failures,`,
		"naive..p99 +10%":     `"naive..p99 +10%" has a dot too many`,
		"any +10%":            `"any +10%": of any figure there is no common limit: write any worse, or any worse 10%`,
		"p99 -10%":            `p99 is better when it falls: write "p99 +10%"`,
		"mutex.hit_ratio +1%": `hit_ratio is better when it rises: write "mutex.hit_ratio -1%"`,
		"hit_ratio -1":        `hit_ratio is a share: write 10% for a tenth of what it was, or 1pp for a percentage point, not "1"`,
		"p99 +10":             `"10" has no unit: write 10s, 10ms, 10m ...`,
		"p99 +10MB":           `unknown unit "MB" in "10MB", use ns, us, ms, s, m, h or d`,
		"failures +5ms":       `failures is a number of things: write 5, or 10% for a tenth of what it was, not "5ms"`,
		"failures +-5":        `"-5" has two signs`,
		"p99 +-5%":            `"-5%" has two signs`,
		"cache_gets worse":    `cache_gets has no better and no worse: write cache_gets changed, or a limit such as +10%`,
		"any worse 5":         `"any worse 5": after worse there may be a share such as 5%`,
		"p99 +NaN%":           `"NaN" is no plain number`,
	} {
		if _, err := compare.ParseRule(text, figures.All()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// Where a name of a rule means nothing, it says which was meant, and does not pass.
func TestRuleAboutNothing(t *testing.T) {
	for text, want := range map[string]string{
		"mutx.p99 +10%":               `"mutx.p99 +10%": unknown strategy or phase "mutx"; did you mean mutex?`,
		"swr.p99 +10%":                `"swr.p99 +10%": unknown strategy or phase "swr"; there are mutex, burst, all`,
		"mutex.classes.prob.p99 +10%": `"mutex.classes.prob.p99 +10%": unknown class "prob"; did you mean probe?`,
		"mutex.classes.p99 +10%":      `"mutex.classes.p99 +10%": one class stands between classes and the figure: there are all, probe`,
		"mutex.burst.p99 +10%":        `"mutex.burst.p99 +10%": nothing can stand between a strategy and its figure but classes and one of them`,
		"burst.herd_peak +1":          `"burst.herd_peak +1" is about nothing: no run has that figure`,
	} {
		r, err := compare.ParseRule(text, figures.All())
		if err != nil {
			t.Fatal(err)
		}
		c := compare.New([]*metrics.File{full()}, []*metrics.File{full()}, figures.All())
		if _, err := compare.Check(c, []compare.Rule{r}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// A name is found in the spelling of an expectation, too.
func TestRuleFindsNames(t *testing.T) {
	old, new := full(), full()
	for _, f := range []*metrics.File{old, new} {
		f.Runs[0].Strategy = "two-level 10s"
	}
	new.Runs[0].Computes++
	for _, rule := range []string{"two_level_10s.computes +0", "Two-Level_10s.computes +0", "all.computes +0"} {
		if c := check(t, []*metrics.File{old}, []*metrics.File{new}, rule); len(c.Breaches) != 1 {
			t.Errorf("%s: %v", rule, c.Breaches)
		}
	}
}

// What a rule lets pass passes, up to its limit, and what is beyond it does not.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		rule   string
		p99    float64
		breaks bool
	}{
		{"p99 +10%", 110, false}, {"p99 +10%", 110.1, true}, {"p99 +10ms", 110, false}, {"p99 +10ms", 110.1, true}, {"p99 +0", 100.001, true}, {"p99 +0", 99, false},
		{"p99 worse", 100.9, false}, {"p99 worse", 101.1, true}, {"p99 worse 5%", 104.9, false}, {"p99 worse 5%", 105.1, true}, {"p99 worse", 50, false},
		{"p99 changed", 98, true}, {"p99 changed", 99.5, true}, {"p99 changed", 100, false}, {"p99 changed 1%", 99.5, false}, {"any changed 20%", 81, false}, {"any changed 20%", 79, true},
	} {
		after := full()
		latency := *after.Runs[0].LatencyMS
		latency.P99 = c.p99
		after.Runs[0].LatencyMS = &latency
		after.Runs[0].Phases = full().Runs[0].Phases
		if got := len(check(t, []*metrics.File{full()}, []*metrics.File{after}, c.rule).Breaches) > 0; got != c.breaks {
			t.Errorf("%s, p99 of 100 ms to %v ms: breaks %v, want %v", c.rule, c.p99, got, c.breaks)
		}
	}
}

// No text makes the parser panic, and a rule that is read is read again from its own
// text.
func FuzzParseRule(f *testing.F) {
	for _, text := range []string{"p99 +10%", "any worse 5%", "a.classes.b.p99 -1pp", "computes_per_s +5/s", "p99 +1h30m", ". +", "any changed", "hit_ratio -\x00%"} {
		f.Add(text)
	}
	table := figures.All()
	f.Fuzz(func(t *testing.T, text string) {
		r, err := compare.ParseRule(text, table)
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%q is refused without a word", text)
			}
			return
		}
		if again, err := compare.ParseRule(r.Text, table); err != nil || again.Text != r.Text {
			t.Errorf("%q is read as %q, and that as %q, %v", text, r.Text, again.Text, err)
		}
	})
}

// A strategy that leaves the budget fails by one rule, whatever the figures are; so far
// as the budget is kept they may be worse. A rule about a budget that there is not is
// about nothing.
func TestBudget(t *testing.T) {
	with := func(p99, most float64) *metrics.File {
		f := full()
		f.Runs[0].EffectiveMS.P99 = p99
		if most > 0 {
			f.Budget = []metrics.Limit{{Name: "p99", Figure: "effective_p99", Most: most}}
		}
		return f
	}
	for _, c := range []struct {
		p99    float64
		breaks bool
	}{{100, false}, {149, false}, {151, true}} {
		gate := check(t, []*metrics.File{with(100, 120)}, []*metrics.File{with(c.p99, 150)}, "budget worse")
		if gate.Regressed() != c.breaks {
			t.Errorf("effective p99 of %v ms: %v", c.p99, gate.Breaches)
		}
	}
	if gate := check(t, []*metrics.File{with(160, 150)}, []*metrics.File{with(170, 150)}, "budget worse"); gate.Regressed() {
		t.Errorf("it was broken before: %v", gate.Breaches)
	}
	r, err := compare.ParseRule("budget worse", figures.All())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compare.Check(compare.New([]*metrics.File{with(1, 0)}, []*metrics.File{with(1, 0)}, figures.All()), []compare.Rule{r}); err == nil {
		t.Error("there is no budget, and it is kept")
	}
}
