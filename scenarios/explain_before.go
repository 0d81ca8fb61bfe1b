package scenarios

import (
	"bytes"
	"fmt"
)

// explainBefore says what happens before the requests begin, if anything does.
func explainBefore(b *bytes.Buffer, s *Scenario) {
	if s.Warm > 0 {
		fmt.Fprintf(b, "Before that %d of the most popular keys are asked for once.\n", s.Warm)
	}
	if s.Idle > 0 {
		fmt.Fprintf(b, "Nobody asks for anything in the %s before the first request.\n", spellDuration(s.Idle))
	}
}
