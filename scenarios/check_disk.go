package scenarios

import (
	"time"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// minCull keeps a timer from culling all the time.
const minCull = time.Second

// checkDisk refuses a file cache that cannot be, and faults that would find none.
func (s *Scenario) checkDisk(root *settings.Node, errs *settings.Problems) {
	d := s.Fleet.Disk
	if d != nil {
		checkDiskSettings(*d, root, errs)
		if s.Fleet.Cache.Values == tier.InProcess {
			errs.Addf(root.Place("fleet.cache.values"), "fleet.cache.values is process, and fleet.disk has values too: leave one of them out")
		}
	}
	if d != nil && s.Fleet.Front != nil {
		errs.Addf(root.Place("fleet.disk"), "fleet.front answers from the shared cache, and fleet.disk has the values: leave one of them out")
	}
	for i, f := range s.Faults {
		at := root.Get("faults").Items[i]
		switch {
		case f.Kind == "cull" && d == nil:
			errs.Addf(at.Place("kind"), "cull: the boxes have no file cache; write fleet.disk")
		case f.Kind == "cull" && f.Every != 0 && f.Every < minCull:
			errs.Addf(at.Place("every"), "cull: every is %v, and must be %v at least, or 0 for once", f.Every, minCull)
		case f.Kind == "flush" && d != nil:
			errs.Addf(at.Place("kind"), "fleet.disk has the values: a flush of the cache servers would free locks and lose no value; a box's values are lost by box-loss")
		}
	}
}

func checkDiskSettings(d world.DiskConfig, root *settings.Node, errs *settings.Problems) {
	switch {
	case d.MaxEntries == 0:
		errs.Addf(root.Place("fleet.disk.max_entries"), "max_entries is 0: write 1 or more, or -1 with cull: manual")
	case d.MaxEntries < 0 && d.Cull != "manual":
		errs.Addf(root.Place("fleet.disk.max_entries"), "max_entries is -1, which is without limit, and cull is %s: write 1 or more, or cull: manual", d.Cull)
	}
}

// explainCull says what a timer's cull does.
func explainCull(f world.FaultConfig) string {
	again := ""
	if f.Every > 0 {
		again = ", and again every " + units.FormatDuration(f.Every)
	}
	return "every box opens all files of its disk cache, removes those that have expired, and one in cull_frequency of the top-level directories where there still are max_entries" + again
}
