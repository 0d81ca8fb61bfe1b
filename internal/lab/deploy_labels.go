package lab

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/herdlab/herdlab/internal/world"
)

// deployLabel names a deploy on a plot.
func deployLabel(f world.FaultConfig) string {
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

// goesOn reports whether a deploy takes the release of the one before to further boxes.
func goesOn(x world.FaultConfig, among []world.FaultConfig, boxes int) bool {
	list, err := world.Rollouts(among, boxes)
	if err != nil { // a run of it will say so
		return false
	}
	for _, r := range list {
		if !r.New && reflect.DeepEqual(among[r.Fault], x) {
			return true
		}
	}
	return false
}

// restLabel names a deploy that goes on.
func restLabel(f world.FaultConfig) string {
	if f.Boxes < 1 {
		return fmt.Sprintf("deploy to %g %% of the boxes", 100*f.Boxes)
	}
	return "deploy to the rest"
}
