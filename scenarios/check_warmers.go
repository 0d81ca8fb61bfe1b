package scenarios

import (
	"slices"
	"strconv"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// checkWarmers refuses warmers of keys that nobody asks for.
func (s *Scenario) checkWarmers(root *node, errs *problems) {
	for i, w := range s.Fleet.Warmers {
		at := func(field string) place { return root.place("fleet.warmers." + strconv.Itoa(i) + "." + field) }
		n := slices.IndexFunc(s.Workload, func(c workloads.Class) bool { return c.Class == w.Class })
		if n < 0 {
			err := errs.add(at("class").errorf("there is no class %q to warm", w.Class))
			err.Hint = Suggest(w.Class, classNames(s.Workload))
			continue
		}
		class := s.Workload[n]
		switch {
		case class.Keys == nil:
			errs.add(at("class").errorf("class %q has no keys of its own to warm", w.Class))
		case class.Session:
			errs.add(at("class").errorf("class %q is of sessions: nobody can compute them ahead", w.Class))
		case class.Cache == world.NoCache:
			errs.add(at("class").errorf("class %q has cache: none, so that nothing can be computed ahead for it: take its warmers away, by with: {fleet.warmers: []} for one strategy", w.Class))
		case w.Keys > class.Keys.Count:
			errs.add(at("keys").errorf("class %q has only %s: write %d or less", w.Class, plural(class.Keys.Count, "key"), class.Keys.Count))
		}
		if w.From >= s.Duration {
			errs.add(at("from").errorf("the first run begins at %v, and the traffic ends at %v", w.From, s.Duration))
		}
	}
	if len(s.Fleet.Warmers) > 0 {
		return
	}
	for i, f := range s.Faults {
		if f.Kind == "warmer-stop" {
			errs.add(root.get("faults").items[i].place("kind").errorf("there is no warmer to stop: fleet.warmers has none"))
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
func (e *Entry) checkWarmers(s *Scenario, errs *problems) {
	fleet := s.Fleet
	if e.view != nil {
		fleet = e.view.fleet
	}
	switch {
	case len(fleet.Warmers) == 0:
	case fleet.Cache.Values == world.InProcess:
		errs.add(e.at.errorf("strategy %q: fleet.cache.values is process, and a warmer outside the boxes cannot store there; write values: nodes", e.Name))
	case fleet.Disk != nil:
		errs.add(e.at.errorf("strategy %q: fleet.disk has the values, and a warmer outside the boxes cannot store there", e.Name))
	case !e.refreshes():
		errs.add(e.at.errorf("strategy %q is %s, which computes what is asked for and nothing else: with it, take the warmers away by with: {fleet.warmers: []}", e.Name, e.Kind))
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
