package scenarios

import (
	"slices"
	"strconv"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// checkWarmers refuses warmers of keys that nobody asks for.
func (s *Scenario) checkWarmers(root *settings.Node, errs *settings.Problems) {
	for i, w := range s.Fleet.Warmers {
		at := func(field string) settings.Place { return root.Place("fleet.warmers." + strconv.Itoa(i) + "." + field) }
		n := slices.IndexFunc(s.Workload, func(c workloads.Class) bool { return c.Class == w.Class })
		if n < 0 {
			err := errs.Addf(at("class"), "there is no class %q to warm", w.Class)
			err.Hint = spelling.Suggest(w.Class, classNames(s.Workload))
			continue
		}
		class := s.Workload[n]
		switch {
		case class.Keys == nil:
			errs.Addf(at("class"), "class %q has no keys of its own to warm", w.Class)
		case class.Session:
			errs.Addf(at("class"), "class %q is of sessions: nobody can compute them ahead", w.Class)
		case class.Cache == world.NoCache:
			errs.Addf(at("class"), "class %q has cache: none, so that nothing can be computed ahead for it: take its warmers away, by with: {fleet.warmers: []} for one strategy", w.Class)
		case w.Keys > class.Keys.Count:
			errs.Addf(at("keys"), "class %q has only %s: write %d or less", w.Class, spelling.Count(class.Keys.Count, "key"), class.Keys.Count)
		}
		if w.From >= s.Duration {
			errs.Addf(at("from"), "the first run begins at %v, and the traffic ends at %v", w.From, s.Duration)
		}
	}
}

func classNames(classes []workloads.Class) (names []string) {
	for _, c := range classes {
		names = append(names, c.Class)
	}
	return names
}

// checkWarmers refuses a strategy that cannot compute ahead, as the entry sees the
// scenario.
func (e *Entry) checkWarmers(s *Scenario, errs *settings.Problems) {
	fleet := s.Fleet
	if e.view != nil {
		fleet = e.view.fleet
	}
	switch {
	case len(fleet.Warmers) == 0:
	case fleet.Cache.Values == tier.InProcess:
		errs.Addf(e.at, "strategy %q: fleet.cache.values is process, and a warmer outside the boxes cannot store there; write values: nodes", e.Name)
	case fleet.Disk != nil:
		errs.Addf(e.at, "strategy %q: fleet.disk has the values, and a warmer outside the boxes cannot store there", e.Name)
	case !e.refreshes():
		errs.Addf(e.at, "strategy %q is %s, which computes what is asked for and nothing else: with it, take the warmers away by with: {fleet.warmers: []}", e.Name, e.Kind)
	}
}

// refreshes reports whether the strategy can compute ahead of its readers.
func (e *Entry) refreshes() bool {
	if e.Over != nil && !e.Over.refreshes() {
		return false
	}
	s, err := catalog.Try(e.Choice())
	_, ok := s.(strategies.Refresher)
	return ok || err != nil // an error is said elsewhere
}
