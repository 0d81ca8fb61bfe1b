package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Problem is something that could not be compared, or not as it should be.
type Problem struct {
	Scenario string `json:"scenario,omitempty"` // empty: of everything
	Strategy string `json:"strategy,omitempty"` // empty: of the whole scenario
	Text     string `json:"text"`

	// Fails is set where something that was looked after is no longer: what is new has
	// no counterpart yet, and fails nothing.
	Fails bool `json:"fails"`
}

func (p Problem) String() string {
	name := p.Scenario
	if p.Strategy != "" {
		name += ", " + p.Strategy
	}
	if name == "" {
		return p.Text
	}
	return name + ": " + p.Text
}

// note takes down what is to be known of the comparison, and fails nothing.
func (c *Comparison) note(scenario, strategy, text string) {
	c.Problems = append(c.Problems, Problem{scenario, strategy, text, false})
}

// missing takes down what OLD has and is compared with nothing.
func (c *Comparison) missing(scenario, strategy, text string) {
	c.Problems = append(c.Problems, Problem{scenario, strategy, text, true})
}

// WithoutBaseline is the comparison with an OLD that there is not, for a reason.
func WithoutBaseline(why string) *Comparison {
	c := &Comparison{}
	c.missing("", "", fmt.Sprintf("no baseline, and nothing was compared: %s", why))
	return c
}

// AllowMissing has nothing fail for being without a counterpart.
func (c *Comparison) AllowMissing() {
	for i := range c.Problems {
		c.Problems[i].Fails = false
	}
}

// pairFiles sets the results of one scenario and clock against each other.
func pairFiles(old, new []*metrics.File) *Comparison {
	c := &Comparison{}
	used := make(map[*metrics.File]bool)
	for _, n := range new {
		i := slices.IndexFunc(old, func(o *metrics.File) bool { return o.Scenario == n.Scenario && o.Clock == n.Clock })
		switch {
		case i >= 0:
			used[old[i]] = true
			c.pairFile(old[i], n)
		case hasScenario(old, n.Scenario):
			c.missing(n.Scenario, "", otherClock("NEW", n.Clock, "OLD"))
		default:
			c.note(n.Scenario, "", "only in NEW: there is nothing to compare it with")
		}
	}
	for _, o := range old {
		switch {
		case used[o]:
		case hasScenario(new, o.Scenario):
			c.missing(o.Scenario, "", otherClock("OLD", o.Clock, "NEW"))
		default:
			c.missing(o.Scenario, "", "only in OLD: there is nothing to compare it with")
		}
	}
	return c
}

// hasScenario reports whether a list has a result of a scenario, on whatever clock.
func hasScenario(list []*metrics.File, name string) bool {
	return slices.ContainsFunc(list, func(f *metrics.File) bool { return f.Scenario == name })
}

// otherClock says that results of one scenario are on different clocks. How much they
// differ is what validate is for; as a regression it would mean nothing.
func otherClock(side, clock, other string) string {
	return fmt.Sprintf("%s is on the %s clock, and %s is not: compare results of one clock", side, clock, other)
}

// pairFile takes up two results of one scenario, unless the figures of one mean nothing.
// Those of an interrupted run mean something, so far as they go, and are not all there:
// a gate that was content with half of them would be passed by an early Ctrl-C.
func (c *Comparison) pairFile(old, new *metrics.File) {
	for i, f := range []*metrics.File{old, new} {
		side := [...]string{"OLD", "NEW"}[i]
		if f.Void != "" {
			c.missing(f.Scenario, "", side+" is void: "+f.Void)
		}
		if f.Interrupted {
			c.missing(f.Scenario, "", side+" was interrupted: run it again")
		}
	}
	if old.Void != "" || new.Void != "" {
		return
	}
	if other := otherSettings(old, new); len(other) > 0 {
		c.missing(new.Scenario, "", "other settings: "+strings.Join(other, ", "))
	}
	c.noteSettings(old, new)
	c.Scenarios = append(c.Scenarios, &Scenario{Name: new.Scenario, Old: old, New: new})
}

// pairRuns finds the seeds that both sides have. Without any, or where a seed did not
// make the same traffic, all runs of one side stand against all of the other.
func (c *Comparison) pairRuns(s *Scenario, name string, old, new []*metrics.Run) *Strategy {
	all := &Strategy{Name: name, Old: old, New: new}
	if s.New.Clock != "virtual" {
		return all
	}
	paired := &Strategy{Name: name, Exact: true}
	for _, n := range new {
		i := slices.IndexFunc(old, func(o *metrics.Run) bool { return o.Seed == n.Seed })
		if i < 0 {
			continue
		}
		if old[i].Requests != n.Requests || old[i].Writes != n.Writes {
			c.missing(s.Name, name, fmt.Sprintf("other traffic: seed %d sends %s requests in OLD and %s in NEW",
				n.Seed, humanize.Count(float64(old[i].Requests)), humanize.Count(float64(n.Requests))))
			return all
		}
		paired.Old, paired.New = append(paired.Old, old[i]), append(paired.New, n)
	}
	if len(paired.Old) == 0 {
		return all
	}
	return paired
}

// otherSettings says in what the settings of two results differ, as far as they show.
func otherSettings(old, new *metrics.File) (list []string) {
	if old.DurationMS != new.DurationMS {
		list = append(list, fmt.Sprintf("duration %s to %s", humanize.Duration(old.DurationMS), humanize.Duration(new.DurationMS)))
	}
	add := func(what string, old, new []string) {
		if !slices.Equal(old, new) {
			list = append(list, fmt.Sprintf("%s %s to %s", what, orNone(old), orNone(new)))
		}
	}
	add("classes", texts(old.Classes, func(c metrics.ClassInfo) string { return c.Name }), texts(new.Classes, func(c metrics.ClassInfo) string { return c.Name }))
	add("faults", texts(old.Faults, faultText), texts(new.Faults, faultText))
	add("phases", texts(old.Phases, phaseText), texts(new.Phases, phaseText))
	return list
}

// noteSettings says which settings differ, of all strategies and of each: a figure that
// moved with one of them is no news of the program. They may be what is to be compared,
// and fail nothing by themselves.
func (c *Comparison) noteSettings(old, new *metrics.File) {
	switch {
	case old.Settings == nil && new.Settings == nil:
		return
	case old.Settings == nil || new.Settings == nil:
		side := "OLD"
		if new.Settings == nil {
			side = "NEW"
		}
		c.note(new.Scenario, "", side+" does not say its settings, as a version before them: whether they are the same is not known")
		return
	}
	shared := changed(old.Settings.Scenario, new.Settings.Scenario)
	if len(shared) > 0 {
		c.note(new.Scenario, "", changedSettings(shared))
	}
	for _, name := range slices.Sorted(maps.Keys(new.Settings.Strategies)) {
		if old.Settings.Strategies[name] == nil || old.Settings.Hash(name) == new.Settings.Hash(name) {
			continue
		}
		own := changed(old.Settings.Of(name), new.Settings.Of(name))
		if own = slices.DeleteFunc(own, func(text string) bool { return slices.Contains(shared, text) }); len(own) > 0 {
			c.note(new.Scenario, name, changedSettings(own))
		}
	}
}

// mostSettings are listed of those that differ.
const mostSettings = 8

func changedSettings(list []string) string {
	text := "other settings: " + strings.Join(list[:min(len(list), mostSettings)], ", ")
	if more := len(list) - mostSettings; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// changed are the settings that differ, in order.
func changed(old, new map[string]string) (list []string) {
	both := maps.Clone(old)
	maps.Copy(both, new)
	for _, path := range slices.Sorted(maps.Keys(both)) {
		if old[path] != new[path] {
			list = append(list, fmt.Sprintf("%s %s to %s", path, cmp.Or(old[path], "default"), cmp.Or(new[path], "default")))
		}
	}
	return list
}

func faultText(f metrics.FaultMark) string {
	return fmt.Sprintf("%s at %s", f.Label, humanize.Duration(f.AtMS))
}

func phaseText(p metrics.PhaseMark) string {
	return fmt.Sprintf("%s from %s to %s", p.Name, humanize.Duration(p.FromMS), humanize.Duration(p.ToMS))
}

func texts[T any](list []T, text func(T) string) []string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = text(v)
	}
	return words
}

func orNone(words []string) string { return cmp.Or(strings.Join(words, ", "), "none") }
