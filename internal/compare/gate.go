package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
)

// Gate is a comparison that was held against rules.
type Gate struct {
	*Comparison
	Rules    []Rule
	Breaches []Breach
}

// Breach is a row that a rule forbids.
type Breach struct {
	Place
	Rule    Rule
	Verdict Verdict // not enough is a breach too: nothing shows that the rule is kept
}

// Place is a row and where it stands.
type Place struct {
	Scenario, Strategy string
	*Row
}

// Check finds what the rules forbid, each row once; without rules, what became worse. A
// rule that is about nothing in either result is an error: it would always be kept.
func Check(c *Comparison, rules []Rule) (*Gate, error) {
	g := &Gate{Comparison: c, Rules: rules}
	if len(rules) == 0 {
		g.Rules = []Rule{Usual()}
	}
	for _, r := range g.Rules {
		places, err := c.about(r)
		if err != nil {
			return nil, err
		}
		for i, v := range r.verdicts(places) {
			row := places[i].Row
			if r.breaks(row, v) && row.Breaks == nil {
				row.Breaks = &r
				g.Breaches = append(g.Breaches, Breach{places[i], r, v})
			}
		}
	}
	return g, nil
}

// Regressed reports whether a rule is broken, or something is missing.
func (g *Gate) Regressed() bool {
	return len(g.Breaches) > 0 || slices.ContainsFunc(g.Problems, func(p Problem) bool { return p.Fails })
}

// Broken is how many rows break a rule; what breaks several counts for the first.
func (g *Gate) Broken(r Rule) (n int) {
	for _, b := range g.Breaches {
		if b.Rule.Text == r.Text {
			n++
		}
	}
	return n
}

// Verdict is the comparison in a sentence.
func (g *Gate) Verdict() string {
	var failing []string
	if n := len(g.Breaches); n > 0 {
		failing = append(failing, humanize.Plural(n, "figure breaks a rule", "figures break a rule"))
	}
	gone := 0
	for _, p := range g.Problems {
		if p.Fails {
			gone++
		}
	}
	if gone > 0 {
		failing = append(failing, humanize.Plural(gone, "thing could not be compared", "things could not be compared"))
	}
	switch {
	case len(failing) > 0:
		return "regressed: " + strings.Join(failing, ", ")
	case len(g.Scenarios) == 0:
		return "nothing was compared"
	}
	return "nothing regressed"
}

// String is the breach in one sentence.
func (b Breach) String() string {
	text := fmt.Sprintf("%s, %s: %s %s to %s (%s)", b.Scenario, b.Strategy, b.FullTitle(), b.Write(b.Old), b.Write(b.New), b.Change())
	switch b.Verdict {
	case OneSided:
		return fmt.Sprintf("%s: one side has none, and nothing shows that %q is kept", text, b.Rule.Text)
	case NotEnough:
		return fmt.Sprintf("%s: too few runs to tell whether %q is kept (%s)", text, b.Rule.Text, b.Evidence)
	}
	return fmt.Sprintf("%s breaks %q", text, b.Rule.Text)
}
