package lab

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/world"
)

// diskFaultLabel names a fault of a box on a plot.
func diskFaultLabel(x world.FaultConfig) string {
	if x.Kind == "box-loss" {
		return fmt.Sprintf("box %d lost", x.Box)
	}
	return "cull by a timer"
}
