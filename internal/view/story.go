package view

import (
	"fmt"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// paragraphs are those of a text, which empty lines part.
func paragraphs(text string) (list []string) {
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// asides are those of a file.
func asides(f *metrics.File) (list []Aside) {
	for _, fact := range []Aside{{"Topology", f.Topology}, {"Trigger", f.Trigger}, {"Look for", f.Look}} {
		if fact.Text != "" {
			list = append(list, fact)
		}
	}
	return list
}

// Part is the group's role in the story and why, in one line.
func (g Group) Part() string {
	if g.Role == "" || g.why == "" {
		return g.Role
	}
	return g.Role + ": " + g.why
}

// Mood is the colour of what became of the expectations.
type Mood string

// The moods. Without expectations there is none.
const (
	Good Mood = "good"
	Bad  Mood = "bad"
)

// checked says how many of the expectations hold.
func checked(f *metrics.File) (text string, mood Mood) {
	failed := 0
	for _, e := range f.Expectations {
		if !e.Holds {
			failed++
		}
	}
	text = "no expectations"
	switch total := len(f.Expectations); {
	case failed == 1 && total == 1:
		text, mood = "the expectation failed", Bad
	case failed > 0:
		text, mood = fmt.Sprintf("%d of %s failed", failed, humanize.Plural(total, "expectation", "expectations")), Bad
	case total == 1:
		text, mood = "the expectation holds", Good
	case total > 1:
		text, mood = fmt.Sprintf("all %d expectations hold", total), Good
	}
	if f.Interrupted {
		if len(f.Expectations) == 0 {
			return "interrupted before any expectation was checked", Bad
		}
		return "interrupted, " + text, Bad
	}
	return text, mood
}

// size is that of the run in one line.
func size(v *View) string {
	text := fmt.Sprintf("%s, %s, %s of %s time.", humanize.Plural(len(v.Groups), "strategy", "strategies"),
		humanize.Plural(v.Seeds, "seed", "seeds"), humanize.Duration(v.DurationMS), v.Clock)
	if len(v.Faults) > 6 {
		return fmt.Sprintf("%s %d faults, the first at %s: %s.", text, len(v.Faults), humanize.Duration(v.Faults[0].AtMS), v.Faults[0].Label)
	}
	for _, fault := range v.Faults {
		text += fmt.Sprintf(" Fault at %s: %s.", humanize.Duration(fault.AtMS), fault.Label)
	}
	return text
}

// Interrupted is the warning of a file that lacks runs.
const Interrupted = "the run was interrupted: some runs are missing"

// warnings are those of every run, named by it, in order and once each.
func warnings(v *View) (list []string) {
	if v.Interrupted {
		list = append(list, Interrupted)
	}
	if v.Void != "" {
		list = append(list, v.Void)
	}
	several := v.Seeds > 1
	for _, run := range v.Runs {
		for _, text := range run.Warnings {
			name := run.Strategy
			if several {
				name = fmt.Sprintf("%s, seed %d", name, run.Seed)
			}
			list = append(list, name+": "+text)
		}
	}
	return list
}

// sampling says what the figures and their intervals are.
func sampling(seeds int) string {
	switch {
	case seeds == 1:
		return "One seed: noise is not known. Six tell a strategy from another: --seeds 6."
	case seeds < 6:
		return fmt.Sprintf("Median of %d seeds; below it the range over the seeds. Of so few, noise is not known: it takes 6.", seeds)
	default:
		return fmt.Sprintf("Median of %d seeds; below it the 95 %% confidence interval of the median.", seeds)
	}
}

// Aside is what a file says of its story beside the story: a title and a sentence.
type Aside struct{ Title, Text string }
