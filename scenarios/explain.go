package scenarios

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"

	"herdlab/internal/cluster"
)

// Explain writes the scenario in words: its story, the fleet, the traffic, what goes
// wrong, every strategy with each setting in force, and what is expected.
func Explain(w io.Writer, s *Scenario) error {
	var b bytes.Buffer
	explainStory(&b, s)
	fmt.Fprintf(&b, "\nRequests arrive for %s; the figures over time are in steps of %s. ", spellDuration(s.Duration), spellDuration(s.Window))
	if s.Seeds == 1 {
		fmt.Fprintf(&b, "Every strategy runs once, with seed %d.\n", s.Seed)
	} else {
		fmt.Fprintf(&b, "Every strategy runs %d times, with seeds %d to %d.\n", s.Seeds, s.Seed, s.Seed+uint64(s.Seeds)-1)
	}
	explainBefore(&b, s)
	explainSettings(&b, "Fleet", reflect.ValueOf(s.Fleet))
	explainWarmers(&b, s.Fleet.Warmers)
	explainTraffic(&b, s)
	explainSettings(&b, "Client", reflect.ValueOf(s.Client))
	explainTimeline(&b, s)
	fmt.Fprintf(&b, "\nStrategies\n")
	for _, e := range s.Strategies {
		explainEntry(&b, e, "  ")
	}
	if len(s.Expect) > 0 {
		fmt.Fprintf(&b, "\nExpected\n")
		for _, x := range s.Expect {
			fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(x.Text))
			if x.Because != "" {
				fmt.Fprintf(&b, "    because: %s\n", strings.Join(strings.Fields(x.Because), " "))
			}
			if x.World != "both" {
				fmt.Fprintf(&b, "    in the %s world only\n", x.World)
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// explainSettings lists every field of a configuration with its value and its
// meaning; nested mappings follow under dotted names.
func explainSettings(b *bytes.Buffer, title string, v reflect.Value) {
	fmt.Fprintf(b, "\n%s\n", title)
	table(b, "  ", rows(v, ""))
}

func explainTraffic(b *bytes.Buffer, s *Scenario) {
	fmt.Fprintf(b, "\nTraffic\n")
	for _, class := range s.Workload {
		note := ""
		if class.Bystander() {
			note = "   (a bystander: it never touches the cache)"
		}
		if class.Cache == cluster.NoCache {
			note = "   (not cached: every request computes)"
		}
		fmt.Fprintf(b, "  %s%s\n", spell(reflect.ValueOf(class), setting{}), note)
	}
}

func explainTimeline(b *bytes.Buffer, s *Scenario) {
	if len(s.Phases) > 0 {
		fmt.Fprintf(b, "\nPhases\n")
		for _, p := range s.Phases {
			note := ""
			if p.WarmUp {
				note = ", a warm-up that counts in no figure"
			}
			fmt.Fprintf(b, "  %s: %s to %s%s\n", p.Name, spellDuration(p.From), spellDuration(p.To), note)
		}
	}
	fmt.Fprintf(b, "\nFaults\n")
	if len(s.Faults) == 0 {
		fmt.Fprintf(b, "  none\n")
	}
	for _, f := range s.Faults {
		until := ""
		if f.For > 0 {
			until = ", for " + spellDuration(f.For)
		}
		detail := map[string]string{
			"node-loss": explainOutage(f),
			"node-hang": fmt.Sprintf("node %d takes requests and answers none", f.Node),
			"node-flap": fmt.Sprintf("every %s, for half of that time, %s", spellDuration(f.Every), explainOutage(f)),
			"node-join": fmt.Sprintf("node %d joins: until now it stood on nobody's list", f.Node), "node-leave": fmt.Sprintf("node %d leaves every client's list, and keeps its memory", f.Node),
			"node-replace": explainReplace(f),
			"flush":        fmt.Sprintf("node %d loses all its values", f.Node), "slow-origin": fmt.Sprintf("the origin is %s times slower", spellFloat(f.Factor)),
			"origin-errors": fmt.Sprintf("%s%% of the loads fail", spellFloat(f.Errors*100)), "origin-down": "every load fails",
			"invalid-value":  "the origin answers as ever, and every value is invalid: a box refuses it, as a load that failed",
			"owner-crash":    fmt.Sprintf("box %d crashes with its loads under way and comes back at once", f.Box),
			"deploy":         explainDeploy(f),
			"readmit":        explainReadmit(f),
			"box-loss":       fmt.Sprintf("box %d is gone; in its place comes one with nothing in its memory and on its disk", f.Box),
			"cull":           explainCull(f),
			"warmer-stop":    "the warmers stop in the middle of their runs, and begin no more",
			"cache-sessions": "front and application cache the pages of those who are signed in, too",
		}[f.Kind]
		if f.Kind == "flush" && f.All {
			detail = "every node loses all its values"
		}
		fmt.Fprintf(b, "  at %s%s: %s (%s)\n", spellDuration(f.At), until, detail, f.Kind)
	}
}

func explainEntry(b *bytes.Buffer, e Entry, indent string) {
	k, _ := findKind(e.Kind)
	title := e.Name
	if e.Name != e.Kind {
		title += " (" + e.Kind + ")"
	}
	fmt.Fprintf(b, "%s%s: %s\n", indent, title, k.doc)
	table(b, indent+"  ", rows(reflect.ValueOf(e.Config).Elem(), ""))
	for _, o := range e.With {
		fmt.Fprintf(b, "%s  for this strategy only: %s\n", indent, o)
	}
	if e.Over != nil {
		fmt.Fprintf(b, "%s  over\n", indent)
		explainEntry(b, *e.Over, indent+"    ")
	}
}

// rows are name, value and meaning of every field of v. A part that is not there
// has none.
func rows(v reflect.Value, prefix string) [][3]string {
	var list [][3]string
	for _, s := range settings(v.Type()) {
		field := v.FieldByIndex(s.index)
		_, short := shorthand(s.base())
		if part := reflect.Indirect(field); part.Kind() == reflect.Struct && !short {
			list = append(list, rows(part, prefix+s.name+".")...)
			continue
		}
		if text := spell(field, s); text != "" {
			list = append(list, [3]string{prefix + s.name, text, s.doc})
		}
	}
	return list
}

func table(b *bytes.Buffer, indent string, rows [][3]string) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s%s\t%s\t%s\n", indent, r[0], r[1], r[2])
	}
	w.Flush() // a bytes.Buffer does not fail
}
