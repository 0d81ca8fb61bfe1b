package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// explainStory writes what happened, before any setting: the sentence, the
// story, where to look, and what part each variant plays.
func explainStory(b *bytes.Buffer, s *Scenario) {
	fmt.Fprintf(b, "%s\n", s.Name)
	hanging(b, "", s.About)
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
			hanging(b, "  - ", text)
		}
	}
}

// explainParts writes the variants of a story; strategies that are none play
// no part.
func explainParts(b *bytes.Buffer, list []Entry) {
	name := 0 // width
	for _, e := range list {
		if e.Role != "" {
			name = max(name, utf8.RuneCountInString(e.Name))
		}
	}
	if name == 0 {
		return
	}
	b.WriteString("\nVariants\n")
	for _, e := range list {
		if e.Role != "" {
			hanging(b, fmt.Sprintf("  %-*s  %-6s  ", name, e.Name, e.Role), e.Why)
		}
	}
}

// explainReal says how loadtest runs the scenario, if the file does.
func explainReal(b *bytes.Buffer, s *Scenario) {
	switch {
	case s.Real == nil:
	case s.Real.Not != "":
		fmt.Fprintf(b, "\nFor real\n")
		hanging(b, "  not: ", s.Real.Not)
	default:
		fmt.Fprintf(b, "\nFor real\n  loadtest run %s, which takes --cache %s\n", s.Given(), s.Real.Cache)
		for _, o := range s.Real.With.Strings() {
			fmt.Fprintf(b, "  with %s\n", o)
		}
	}
}

// paragraph writes a text, which empty lines part.
func paragraph(b *bytes.Buffer, text string) {
	gap := ""
	for part := range strings.SplitSeq(text, "\n\n") {
		if strings.TrimSpace(part) != "" {
			b.WriteString(gap)
			hanging(b, "", part)
			gap = "\n"
		}
	}
}

// titled writes texts beside their titles, without those that are empty.
func titled(b *bytes.Buffer, list [][2]string) {
	for _, pair := range list {
		if strings.TrimSpace(pair[1]) != "" {
			hanging(b, fmt.Sprintf("%-8s  ", pair[0]), pair[1])
		}
	}
}
