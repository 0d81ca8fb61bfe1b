package scenarios

import (
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// checkDisk refuses a file cache that cannot be.
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
}

func checkDiskSettings(d world.DiskConfig, root *settings.Node, errs *settings.Problems) {
	switch {
	case d.MaxEntries == 0:
		errs.Addf(root.Place("fleet.disk.max_entries"), "max_entries is 0: write 1 or more, or -1 with cull: manual")
	case d.MaxEntries < 0 && d.Cull != "manual":
		errs.Addf(root.Place("fleet.disk.max_entries"), "max_entries is -1, which is without limit, and cull is %s: write 1 or more, or cull: manual", d.Cull)
	}
}
