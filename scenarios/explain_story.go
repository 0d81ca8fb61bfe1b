package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"
)

// explainStory writes what happened, before any setting: the sentence, the
// story, where to look, and what part each variant plays.
func explainStory(b *bytes.Buffer, s *Scenario) {
	fmt.Fprintf(b, "%s\n", s.Name)
	paragraph(b, s.About)
	if s.Story != "" {
		b.WriteString("\n")
		paragraph(b, s.Story)
		b.WriteString("\n")
	}
	titled(b, [][2]string{
		{"Topology", s.Topology}, {"Trigger", s.Trigger}, {"Look for", s.Look}, {"Source", s.Source}, {"Theme", s.Theme},
	})
	explainParts(b, s.Strategies)
	if len(s.Unreproduced) > 0 {
		b.WriteString("\nWhat cannot be reproduced\n")
		for _, text := range s.Unreproduced {
			fmt.Fprintf(b, "  - %s\n", strings.Join(strings.Fields(text), " "))
		}
	}
	explainReal(b, s)
}

// explainParts writes the variants of a story; strategies that are none play
// no part.
func explainParts(b *bytes.Buffer, list []Entry) {
	var parts [][3]string
	for _, e := range list {
		if e.Role != "" {
			parts = append(parts, [3]string{e.Name, e.Role, strings.Join(strings.Fields(e.Why), " ")})
		}
	}
	if len(parts) > 0 {
		b.WriteString("\nVariants\n")
		table(b, "  ", parts)
	}
}

// explainReal says how loadtest runs the scenario, if the file does.
func explainReal(b *bytes.Buffer, s *Scenario) {
	switch {
	case s.Real == nil:
	case s.Real.Not != "":
		fmt.Fprintf(b, "\nFor real\n  not: %s\n", strings.Join(strings.Fields(s.Real.Not), " "))
	default:
		fmt.Fprintf(b, "\nFor real\n  loadtest run %s, which takes --cache %s\n", s.Given(), s.Real.Cache)
		for _, o := range s.Real.With.Strings() {
			fmt.Fprintf(b, "  with %s\n", o)
		}
	}
}

// paragraph writes a text with its own line breaks.
func paragraph(b *bytes.Buffer, text string) {
	if text = strings.TrimSpace(text); text != "" {
		fmt.Fprintf(b, "%s\n", text)
	}
}

// titled writes texts beside their titles, without those that are empty.
func titled(b *bytes.Buffer, list [][2]string) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, pair := range list {
		title := pair[0]
		for line := range strings.Lines(strings.TrimSpace(pair[1])) {
			fmt.Fprintf(w, "%s\t%s\n", title, strings.TrimSpace(line))
			title = ""
		}
	}
	w.Flush() // a bytes.Buffer does not fail
}
