package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
)

// The document of CompareJSON. Durations are in milliseconds and shares from 0 to 1, as
// in results.json; what is not known is null.
type comparisonJSON struct {
	Schema    int               `json:"schema"` // 1
	Regressed bool              `json:"regressed"`
	Verdict   string            `json:"verdict"` // in a sentence
	Rules     []ruleJSON        `json:"rules"`
	Problems  []compare.Problem `json:"problems"`
	Scenarios []scenarioJSON    `json:"scenarios"`
}

type ruleJSON struct {
	Rule   string `json:"rule"`
	Broken int    `json:"broken"` // by so many figures
}

type scenarioJSON struct {
	Scenario   string         `json:"scenario"`
	Clock      string         `json:"clock"`
	Strategies []strategyJSON `json:"strategies"`
}

type strategyJSON struct {
	Strategy string       `json:"strategy"`
	Basis    string       `json:"basis"` // seed 1, 10 seeds, 5 runs and 5
	Exact    bool         `json:"exact"` // the same traffic on the virtual clock
	Note     string       `json:"note,omitempty"`
	Figures  []figureJSON `json:"figures"`
}

type figureJSON struct {
	Figure   string   `json:"figure"`
	Title    string   `json:"title"`
	Phase    string   `json:"phase,omitempty"`
	Class    string   `json:"class,omitempty"`
	Better   string   `json:"better,omitempty"` // lower, higher; absent of a figure that has no good side
	Old      *float64 `json:"old"`
	New      *float64 `json:"new"`
	Change   *float64 `json:"change"`   // the median of the differences of all pairs
	Relative *float64 `json:"relative"` // as a share of old
	Low      *float64 `json:"low"`      // of an interval of 95 % around the change
	High     *float64 `json:"high"`
	P        *float64 `json:"p"`                // of noisy evidence, adjusted for how many figures there are
	Verdict  string   `json:"verdict"`          // same, better, worse, changed, one side only, not enough
	Breaks   string   `json:"breaks,omitempty"` // the rule
}

// CompareJSON writes a comparison with every figure, for other programs.
func CompareJSON(w io.Writer, c *compare.Gate) error {
	doc := comparisonJSON{Schema: 1, Regressed: c.Regressed(), Verdict: c.Verdict(), Problems: append([]compare.Problem{}, c.Problems...), Scenarios: []scenarioJSON{}, Rules: []ruleJSON{}}
	for _, r := range c.Rules {
		doc.Rules = append(doc.Rules, ruleJSON{r.Text, c.Broken(r)})
	}
	for _, s := range c.Scenarios {
		scenario := scenarioJSON{Scenario: s.Name, Clock: s.New.Clock, Strategies: []strategyJSON{}}
		for _, g := range s.Strategies {
			strategy := strategyJSON{Strategy: g.Name, Basis: g.Basis(), Exact: g.Exact, Note: g.Note}
			for _, r := range g.Rows {
				strategy.Figures = append(strategy.Figures, newFigureJSON(r))
			}
			scenario.Strategies = append(scenario.Strategies, strategy)
		}
		doc.Scenarios = append(doc.Scenarios, scenario)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

func newFigureJSON(r *compare.Row) figureJSON {
	f := figureJSON{
		Figure: r.Name, Title: r.Title, Phase: r.Part.Phase, Class: r.Part.Class,
		Better: [...]string{figures.Neither: "", figures.Lower: "lower", figures.Higher: "higher"}[r.Better],
		Old:    finite(r.Old), New: finite(r.New), Change: finite(r.Evidence.Estimate), Relative: finite(r.Relative()), Verdict: r.Verdict.String(),
	}
	if !r.Evidence.Range {
		f.Low, f.High = finite(r.Evidence.Low), finite(r.Evidence.High)
	}
	if !r.Evidence.Exact || r.Evidence.Old > 1 {
		f.P = finite(r.Evidence.Chance)
	}
	if r.Breaks != nil {
		f.Breaks = r.Breaks.Text
	}
	return f
}

// finite is nil of what is no number.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
