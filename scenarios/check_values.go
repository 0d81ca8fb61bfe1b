package scenarios

import (
	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// checkValues refuses what makes no sense where values live in the processes.
func (s *Scenario) checkValues(root *settings.Node, errs *settings.Problems) {
	if s.Fleet.Cache.Values != tier.InProcess {
		return
	}
	if s.Fleet.Cache.Dialect() != "" {
		errs.Addf(root.Place("fleet.cache.expiry"), "fleet.cache.values is process: no memcached counts the time of a value; write expiry: exact")
	}
}

// checkSessions refuses sessions where no other box would find them.
func (s *Scenario) checkSessions(root *settings.Node, errs *settings.Problems) {
	for i, class := range s.Workload {
		if class.Session && s.Fleet.Cache.Values == tier.InProcess {
			errs.Addf(root.Get("workload").Items[i].Place("session"), "fleet.cache.values is process: a user would be logged in at one box and not at the others; write values: nodes")
		}
	}
}

// checkValues refuses a strategy for which values have to be elsewhere, as the
// entry sees the scenario.
func (e *Entry) checkValues(s *Scenario, errs *settings.Problems) {
	fleet := s.Fleet
	if e.view != nil {
		fleet = e.view.fleet
	}
	kind, _ := catalog.Find(e.Kind)
	if fleet.Disk != nil && kind.NotOnDisk != "" {
		errs.Addf(e.at, "strategy %q is %s, and fleet.disk %s", e.Name, e.Kind, kind.NotOnDisk)
	}
	if fleet.Cache.Values == tier.InProcess && kind.NotInProcess != "" {
		errs.Addf(e.at, "strategy %q is %s, and fleet.cache.values is process: %s; write values: nodes", e.Name, e.Kind, kind.NotInProcess)
	}
}
