package scenarios

import (
	"errors"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// checkEntry checks a strategy and those beneath it: each is built once, so that
// its own validation speaks, and none may keep something else than pages where a
// front looks for them.
func checkEntry(c checker, e *Entry) {
	if e.Over != nil {
		checkEntry(c, e.Over)
	}
	_, err := catalog.Try(e.Choice())
	var bad *strategies.ConfigError
	if errors.As(err, &bad) {
		c.errs.Addf(e.node.Place(bad.Field), "strategy %q: %s %s", e.Name, bad.Field, bad.Msg)
	} else if err != nil {
		c.errs.Addf(e.at, "strategy %q: %v", e.Name, err)
	}
	if kind, _ := catalog.Find(e.Kind); c.Fleet.Front != nil && kind.NotBehindFront != "" {
		c.errs.Addf(e.at, "strategy %q: behind fleet.front %s", e.Name, kind.NotBehindFront)
	}
}

// checkAgainstFleet refuses a strategy for which values have to be elsewhere, or
// which cannot compute ahead for a warmer, as the entry sees the fleet.
func checkAgainstFleet(e *Entry, errs *settings.Problems) {
	fleet := e.view.Fleet
	kind, _ := catalog.Find(e.Kind)
	inProcess := fleet.Cache.Values == tier.InProcess
	if fleet.Disk != nil && kind.NotOnDisk != "" {
		errs.Addf(e.at, "strategy %q is %s, and fleet.disk %s", e.Name, e.Kind, kind.NotOnDisk)
	}
	if inProcess && kind.NotInProcess != "" {
		errs.Addf(e.at, "strategy %q is %s, and fleet.cache.values is process: %s; write values: nodes", e.Name, e.Kind, kind.NotInProcess)
	}
	switch {
	case len(fleet.Warmers) == 0:
	case inProcess:
		errs.Addf(e.at, "strategy %q: fleet.cache.values is process, and a warmer outside the boxes cannot store there; write values: nodes", e.Name)
	case fleet.Disk != nil:
		errs.Addf(e.at, "strategy %q: fleet.disk has the values, and a warmer outside the boxes cannot store there", e.Name)
	case !computesAhead(e):
		errs.Addf(e.at, "strategy %q is %s, which computes what is asked for and nothing else: with it, take the warmers away by with: {fleet.warmers: []}", e.Name, e.Kind)
	}
}

// computesAhead reports whether the strategy can compute ahead of its readers, and
// those beneath it.
func computesAhead(e *Entry) bool {
	if e.Over != nil && !computesAhead(e.Over) {
		return false
	}
	s, err := catalog.Try(e.Choice())
	_, ok := s.(strategies.Refresher)
	return ok || err != nil // an error is reported by checkEntry
}
