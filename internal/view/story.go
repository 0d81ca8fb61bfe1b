package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Paragraphs are those of a text, which empty lines part.
func Paragraphs(text string) (list []string) {
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// StoryFacts are what a file says of its story beside the story itself.
func StoryFacts(f *metrics.File) (list []StoryFact) {
	for _, fact := range []StoryFact{{"Topology", f.Topology}, {"Trigger", f.Trigger}, {"Look for", f.Look}} {
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

// Reasoned reports whether an expectation says where its figure comes from.
func Reasoned(f *metrics.File) bool {
	return slices.ContainsFunc(f.Expectations, func(e metrics.Expectation) bool { return e.Because != "" })
}

// Verdict is the headline of a report: how many of the expectations hold.
func Verdict(f *metrics.File) string {
	failed := 0
	for _, e := range f.Expectations {
		if !e.Holds {
			failed++
		}
	}
	text := "no expectations"
	switch total := len(f.Expectations); {
	case failed == 1 && total == 1:
		text = "the expectation failed"
	case failed > 0:
		text = fmt.Sprintf("%d of %s failed", failed, humanize.Plural(total, "expectation", "expectations"))
	case total == 1:
		text = "the expectation holds"
	case total > 1:
		text = fmt.Sprintf("all %d expectations hold", total)
	}
	if f.Interrupted {
		text = "interrupted, " + text
	}
	return text
}

// Mood is the colour of the verdict.
func Mood(f *metrics.File) string {
	for _, e := range f.Expectations {
		if !e.Holds {
			return "bad"
		}
	}
	if f.Interrupted {
		return "bad"
	}
	if len(f.Expectations) > 0 {
		return "good"
	}
	return ""
}

// Facts is the size of the run in one line.
func Facts(f *metrics.File, list []Group) string {
	text := fmt.Sprintf("%s, %s, %s of %s time.", humanize.Plural(len(list), "strategy", "strategies"),
		humanize.Plural(Seeds(list), "seed", "seeds"), humanize.Duration(f.DurationMS), f.Clock)
	if len(f.Faults) > 6 {
		return fmt.Sprintf("%s %d faults, the first at %s: %s.", text, len(f.Faults), humanize.Duration(f.Faults[0].AtMS), f.Faults[0].Label)
	}
	for _, fault := range f.Faults {
		text += fmt.Sprintf(" Fault at %s: %s.", humanize.Duration(fault.AtMS), fault.Label)
	}
	return text
}

// Interrupted is the warning of a file that lacks runs.
const Interrupted = "the run was interrupted: some runs are missing"

// Warnings are those of every run, named by it, in order and once each.
func Warnings(f *metrics.File) (list []string) {
	if f.Interrupted {
		list = append(list, Interrupted)
	}
	if f.Void != "" {
		list = append(list, f.Void)
	}
	several := Seeds(Groups(f)) > 1
	for _, run := range f.Runs {
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

// SeedsNote says what the figures and their intervals are; empty for one seed.
func SeedsNote(list []Group) string {
	switch n := Seeds(list); {
	case n < 2:
		return ""
	case n < 6:
		return fmt.Sprintf("Median of %d seeds; below it the range over the seeds, as an interval of 95 %% needs 6.", n)
	default:
		return fmt.Sprintf("Median of %d seeds; below it the 95 %% confidence interval of the median.", n)
	}
}

// StoryFact is one of them: its title and a sentence.
type StoryFact struct{ Name, Text string }
