package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
)

// checkDeploys checks the deploys among the faults, which go on where the one
// before has ended.
func (s *Scenario) checkDeploys(root *settings.Node, errs *settings.Problems) {
	known := s.Caches()
	for i, f := range s.Faults {
		if f.Kind != "deploy" {
			continue
		}
		at := root.Get("faults").Items[i]
		if f.At+f.Over > s.Duration {
			errs.Addf(at.Place("over"), "the deploy ends at %v, and the run at %v", f.At+f.Over, s.Duration)
		}
		for j, name := range f.Caches {
			if !slices.Contains(known, name) {
				err := errs.Addf(at.Get("caches").Items[j].At, "no class uses a cache %q; there are %s", name, spelling.List(known))
				err.Hint = spelling.Suggest(name, known)
			}
		}
	}
	list, err := world.Rollouts(s.Faults, s.Fleet.Boxes)
	var bad *world.RolloutError
	if errors.As(err, &bad) {
		errs.Addf(root.Get("faults").Items[bad.Fault].At, "%v", bad)
	}
	for i, r := range list {
		if caches := root.Get("faults").Items[r.Fault].Get("caches"); !r.New && caches != nil {
			errs.Addf(caches.At, "this deploy goes on with the release of the one at %v, whose caches it has: remove them here", s.Faults[list[i-1].Fault].At)
		}
	}
}

// explainDeploy says what a deploy does.
func explainDeploy(f world.FaultConfig) string {
	boxes, pace := "every box", "at once"
	if f.Boxes < 1 {
		boxes = units.FormatNumber(100*f.Boxes) + "% of the boxes"
	}
	if f.Over > 0 {
		pace = "one by one over " + units.FormatDuration(f.Over)
	}
	keys := "under a new version of its keys, so that the cache is empty for it"
	switch {
	case f.Caches != nil && len(f.Caches) == 0:
		keys = "and finds its values in the cache"
	case f.Caches != nil:
		keys = fmt.Sprintf("under a new version of the keys in %s, so that %s for it", strings.Join(f.Caches, " and "), emptied(len(f.Caches)))
	}
	return fmt.Sprintf("%s restarts %s %s", boxes, pace, keys)
}

func emptied(n int) string {
	if n == 1 {
		return "that cache is empty"
	}
	return "these caches are empty"
}
