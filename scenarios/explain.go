package scenarios

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
)

// Explain writes the scenario in words: its story and what is expected, then the
// fleet, the traffic, what goes wrong and every strategy. Of the settings it lists
// those that the scenario sets, or with all of them every one in force.
func Explain(w io.Writer, s *Scenario, all bool) error {
	var b bytes.Buffer
	explainStory(&b, s)
	explainExpected(&b, s)
	explainReal(&b, s)
	fmt.Fprintf(&b, "\nRequests arrive for %s; the figures over time are in steps of %s. ", units.FormatDuration(s.Duration), units.FormatDuration(s.Window))
	if s.Seeds == 1 {
		fmt.Fprintf(&b, "Every strategy runs once, with seed %d.\n", s.Seed)
	} else {
		fmt.Fprintf(&b, "Every strategy runs %d times, with seeds %d to %d.\n", s.Seeds, s.Seed, s.Seed+uint64(s.Seeds)-1)
	}
	explainBefore(&b, s)
	explainSettings(&b, "Fleet", reflect.ValueOf(s.Fleet), all)
	explainWarmers(&b, s.Fleet.Warmers)
	explainTraffic(&b, s)
	explainSettings(&b, "Client", reflect.ValueOf(s.Client), all)
	explainPhases(&b, s.Phases)
	explainFaults(&b, s)
	explainStrategies(&b, s.Strategies, all)
	if !all {
		fmt.Fprintf(&b, "\nWhat is not listed has its default: show --all %s, or docs/scenario.md\n", s.Given())
	}
	_, err := w.Write(b.Bytes())
	return err
}

// explainStory writes what happened, before any setting: the sentence, the
// story, where to look, and what part each variant plays.
func explainStory(b *bytes.Buffer, s *Scenario) {
	fmt.Fprintf(b, "%s\n", s.Name)
	writeHanging(b, "", s.About)
	if s.Story != "" {
		b.WriteString("\n")
		writeParagraphs(b, s.Story)
		b.WriteString("\n")
	}
	writeTitled(b, [][2]string{
		{"Topology", s.Topology}, {"Trigger", s.Trigger}, {"Look for", s.Look}, {"Source", s.Source}, {"Theme", s.Theme},
	})
	explainParts(b, s.Strategies)
	if len(s.Unreproduced) > 0 {
		b.WriteString("\nWhat cannot be reproduced\n")
		for _, text := range s.Unreproduced {
			writeHanging(b, "  - ", text)
		}
	}
}

// explainParts writes the variants of a story; strategies that are none play
// no part.
func explainParts(b *bytes.Buffer, list []Entry) {
	list = slices.DeleteFunc(slices.Clone(list), func(e Entry) bool { return e.Role == "" })
	name := 0 // width
	for _, e := range list {
		name = max(name, utf8.RuneCountInString(e.Name))
	}
	if len(list) > 0 {
		b.WriteString("\nVariants\n")
	}
	for _, e := range list {
		writeHanging(b, fmt.Sprintf("  %-*s  %-6s  ", name, e.Name, e.Role), e.Why)
	}
}

// explainReal says how loadtest runs the scenario, if the file does.
func explainReal(b *bytes.Buffer, s *Scenario) {
	switch {
	case s.Real == nil:
	case s.Real.Not != "":
		fmt.Fprintf(b, "\nFor real\n")
		writeHanging(b, "  not: ", s.Real.Not)
	default:
		fmt.Fprintf(b, "\nFor real\n  loadtest run %s, which takes --cache %s\n", s.Given(), s.Real.Cache)
		for _, o := range s.Real.With {
			fmt.Fprintf(b, "  with %s\n", o)
		}
	}
}

// explainExpected lists the expectations with their reasons.
func explainExpected(b *bytes.Buffer, s *Scenario) {
	if len(s.Expect) > 0 {
		fmt.Fprintf(b, "\nExpected\n")
	}
	for _, x := range s.Expect {
		writeHanging(b, "  ", x.Text)
		if x.Because != "" {
			writeHanging(b, "    because: ", x.Because)
		}
		if x.World != "both" {
			fmt.Fprintf(b, "    in the %s world only\n", x.World)
		}
	}
}

// explainBefore says what happens before the requests begin, if anything does.
func explainBefore(b *bytes.Buffer, s *Scenario) {
	switch {
	case s.Warm == 1:
		fmt.Fprintf(b, "Before that the most popular key is asked for once.\n")
	case s.Warm > 0:
		fmt.Fprintf(b, "Before that each of the %d most popular keys is asked for once.\n", s.Warm)
	}
	if s.Idle > 0 {
		fmt.Fprintf(b, "Nobody asks for anything in the %s before the first request.\n", units.FormatDuration(s.Idle))
	}
}

// explainWarmers says what is computed ahead of the readers.
func explainWarmers(b *bytes.Buffer, list []world.WarmerConfig) {
	if len(list) > 0 {
		fmt.Fprintf(b, "\nWarmers\n")
	}
	for _, w := range list {
		every := map[string]string{
			world.WarmerCron: "every %s, beside a run that is not over",
			world.WarmerLock: "every %s, unless a run is not over",
			world.WarmerLoop: "%s after the end of the last run",
		}[w.Schedule]
		rate := ""
		if w.Rate > 0 {
			rate = fmt.Sprintf(", no more than %s a second", units.FormatNumber(w.Rate))
		}
		writeHanging(b, "  ", fmt.Sprintf("from %s, "+every+": the %d most popular keys of %s are computed and stored, %d at once%s",
			units.FormatDuration(w.From), units.FormatDuration(w.Every), w.Keys, w.Class, w.AtOnce, rate))
	}
}

func explainTraffic(b *bytes.Buffer, s *Scenario) {
	fmt.Fprintf(b, "\nTraffic\n")
	for _, class := range s.Workload {
		note := ""
		if class.Bystander() {
			note = "   (a bystander: it never touches the cache)"
		}
		if class.Cache == world.NoCache {
			note = "   (not cached: every request computes)"
		}
		writeHanging(b, "  ", tag.FormatStruct(reflect.ValueOf(class))+note)
	}
}

func explainPhases(b *bytes.Buffer, list []Phase) {
	if len(list) > 0 {
		fmt.Fprintf(b, "\nPhases\n")
	}
	for _, p := range list {
		note := ""
		if p.WarmUp {
			note = ", a warm-up that counts in no figure"
		}
		fmt.Fprintf(b, "  %s: %s to %s%s\n", p.Name, units.FormatDuration(p.From), units.FormatDuration(p.To), note)
	}
}

// explainStrategies lists the strategies, with what each kind does where it first
// comes.
func explainStrategies(b *bytes.Buffer, list []Entry, all bool) {
	fmt.Fprintf(b, "\nStrategies\n")
	told := make(map[string]bool)
	for _, e := range list {
		explainEntry(b, e, "  ", told, all)
	}
}

func explainEntry(b *bytes.Buffer, e Entry, indent string, told map[string]bool, all bool) {
	title := e.Name
	if e.Name != e.Kind {
		title += " (" + e.Kind + ")"
	}
	if k, _ := catalog.Find(e.Kind); !told[e.Kind] {
		title += ": " + k.Doc
	}
	told[e.Kind] = true
	writeHanging(b, indent, title)
	list := settingRows(reflect.ValueOf(e.Config).Elem(), "")
	if all {
		writeTable(b, indent+"  ", list)
	} else if given := ofEntry(e, list); given != "" {
		writeHanging(b, indent+"  ", given)
	}
	for _, o := range e.With {
		fmt.Fprintf(b, "%s  for this strategy only: %s\n", indent, o)
	}
	if e.Over != nil {
		fmt.Fprintf(b, "%s  over\n", indent)
		explainEntry(b, *e.Over, indent+"    ", told, all)
	}
}

// ofEntry are the settings that the scenario gives a strategy, be it its default.
func ofEntry(e Entry, list []row) string {
	var given []string
	for _, r := range list {
		field, _, _ := strings.Cut(r.name, ".")
		if r.set || e.node.Get(field) != nil {
			given = append(given, r.name+": "+r.value)
		}
	}
	return strings.Join(given, ", ")
}
