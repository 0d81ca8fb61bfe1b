package scenarios

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"

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
	explainTimeline(&b, s)
	explainStrategies(&b, s.Strategies, all)
	if !all {
		fmt.Fprintf(&b, "\nWhat is not listed has its default: show --all %s, or docs/scenario.md\n", s.Given())
	}
	_, err := w.Write(b.Bytes())
	return err
}

// explainExpected lists the expectations with their reasons.
func explainExpected(b *bytes.Buffer, s *Scenario) {
	if len(s.Expect) > 0 {
		fmt.Fprintf(b, "\nExpected\n")
	}
	for _, x := range s.Expect {
		hanging(b, "  ", x.Text)
		if x.Because != "" {
			hanging(b, "    because: ", x.Because)
		}
		if x.World != "both" {
			fmt.Fprintf(b, "    in the %s world only\n", x.World)
		}
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
		hanging(b, "  ", tag.FormatStruct(reflect.ValueOf(class))+note)
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
	hanging(b, indent, title)
	list := rows(reflect.ValueOf(e.Config).Elem(), "")
	if all {
		table(b, indent+"  ", list)
	} else if given := ofEntry(e, list); given != "" {
		hanging(b, indent+"  ", given)
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
