package scenarios

import (
	"bytes"
	"fmt"

	"github.com/herdlab/herdlab/internal/units"
)

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
