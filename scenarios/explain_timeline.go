package scenarios

import (
	"bytes"
	"fmt"

	"github.com/herdlab/herdlab/internal/units"
)

// explainTimeline lists phases and faults.
func explainTimeline(b *bytes.Buffer, s *Scenario) {
	if len(s.Phases) > 0 {
		fmt.Fprintf(b, "\nPhases\n")
		for _, p := range s.Phases {
			note := ""
			if p.WarmUp {
				note = ", a warm-up that counts in no figure"
			}
			fmt.Fprintf(b, "  %s: %s to %s%s\n", p.Name, units.FormatDuration(p.From), units.FormatDuration(p.To), note)
		}
	}
	fmt.Fprintf(b, "\nFaults\n")
	if len(s.Faults) == 0 {
		fmt.Fprintf(b, "  none\n")
	}
	for _, f := range s.Faults {
		until := ""
		if f.For > 0 {
			until = ", for " + units.FormatDuration(f.For)
		}
		detail := map[string]string{
			"node-loss": explainOutage(f),
			"node-hang": fmt.Sprintf("node %d takes requests and answers none", f.Node),
			"node-flap": fmt.Sprintf("every %s, for half of that time, %s", units.FormatDuration(f.Every), explainOutage(f)),
			"node-join": fmt.Sprintf("node %d joins: until now it stood on nobody's list", f.Node), "node-leave": fmt.Sprintf("node %d leaves every client's list, and keeps its memory", f.Node),
			"node-replace": explainReplace(f),
			"flush":        fmt.Sprintf("node %d loses all its values", f.Node), "slow-origin": fmt.Sprintf("the origin is %s times slower", units.FormatNumber(f.Factor)),
			"origin-errors": fmt.Sprintf("%s%% of the loads fail", units.FormatNumber(f.Errors*100)), "origin-down": "every load fails",
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
		hanging(b, fmt.Sprintf("  at %s%s: ", units.FormatDuration(f.At), until), detail+" ("+f.Kind+")")
	}
}
