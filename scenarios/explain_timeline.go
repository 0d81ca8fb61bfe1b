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
	explainFaults(b, s)
}
