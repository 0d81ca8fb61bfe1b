package reports

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
)

// story is what a page tells before its tables.
type story struct {
	Told         bool
	Paragraphs   []string
	Facts        []storyFact
	Changes      []pageChange
	Picture      *pageChart
	Unreproduced []string
}

type storyFact struct{ Name, Text string }

type pageChange struct{ Name, Role, Figures, Color string }

func newStory(f *metrics.File) story {
	s := story{Paragraphs: paragraphs(f.Story), Facts: storyFacts(f), Unreproduced: f.Unreproduced}
	list := groups(f)
	for _, c := range Changes(f) {
		change := pageChange{Name: c.Strategy, Figures: c.Figures}
		if c.Role == metrics.Wrong {
			change.Role = "the tempting fix"
		}
		for _, g := range list {
			if g.name == c.Strategy {
				change.Color = fmt.Sprintf("#%06X", g.ink)
			}
		}
		s.Changes = append(s.Changes, change)
	}
	s.Told = len(s.Paragraphs) > 0 || len(s.Facts) > 0 || told(list)
	return s
}

// paragraphs are those of a text, which empty lines part.
func paragraphs(text string) (list []string) {
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func storyFacts(f *metrics.File) (list []storyFact) {
	for _, fact := range []storyFact{{"Topology", f.Topology}, {"Trigger", f.Trigger}, {"Look for", f.Look}} {
		if fact.Text != "" {
			list = append(list, fact)
		}
	}
	return list
}

// part is the group's role in the story and why, in one line.
func (g group) part() string {
	if g.role == "" || g.why == "" {
		return g.role
	}
	return g.role + ": " + g.why
}

// markdownStory writes the story, what changed, and where the picture is.
func markdownStory(out *bufio.Writer, f *metrics.File) {
	for _, text := range paragraphs(f.Story) {
		fmt.Fprintf(out, "%s\n\n", escapeMarkdown(text))
	}
	facts := storyFacts(f)
	for _, fact := range facts {
		fmt.Fprintf(out, "- %s: %s\n", fact.Name, escapeMarkdown(fact.Text))
	}
	if len(facts) > 0 {
		fmt.Fprintln(out)
	}
	changes := Changes(f)
	if len(changes) == 0 {
		return
	}
	fmt.Fprintf(out, "### What changed\n\n")
	for _, c := range changes {
		role := ""
		if c.Role == metrics.Wrong {
			role = ", the tempting fix"
		}
		fmt.Fprintf(out, "- **%s**%s: %s\n", escapeMarkdown(c.Strategy), role, escapeMarkdown(c.Figures))
	}
	fmt.Fprintf(out, "\n[Before and after in one picture](plots/%s.png)\n\n", storyName)
}

func markdownUnreproduced(out *bufio.Writer, f *metrics.File) {
	if len(f.Unreproduced) == 0 {
		return
	}
	fmt.Fprintf(out, "### What cannot be reproduced\n\n")
	for _, text := range f.Unreproduced {
		fmt.Fprintf(out, "- %s\n", escapeMarkdown(text))
	}
	fmt.Fprintln(out)
}
