package lab

import (
	"fmt"
	"strings"

	"herdlab/internal/cluster"
)

// deployLabel names a deploy on a plot.
func deployLabel(f cluster.FaultConfig) string {
	label := "deploy"
	if f.Caches != nil {
		label += " of " + strings.Join(f.Caches, ", ")
		if len(f.Caches) == 0 {
			label = "deploy without a new version"
		}
	}
	if f.Boxes < 1 {
		label += fmt.Sprintf(" to %g %% of the boxes", 100*f.Boxes)
	}
	return label
}
