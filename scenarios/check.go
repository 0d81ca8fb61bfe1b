package scenarios

import (
	"errors"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// maxWindows bounds the series of a result file.
const maxWindows = 20000

// checker finds what one field alone cannot say. Its checks are functions: a
// file for each part of a scenario.
type checker struct {
	*Scenario
	root *settings.Node
	errs *settings.Problems
}

// addf reports what is wrong with the setting at a path. The caller may give the
// error a hint.
func (c checker) addf(path, format string, args ...any) *settings.Error {
	return c.errs.Addf(c.root.Place(path), format, args...)
}

// refuseIf reports what is wrong with the setting at a path, if it is.
func (c checker) refuseIf(wrong bool, path, format string, args ...any) {
	if wrong {
		c.addf(path, format, args...)
	}
}

// item is an element of a list that has been decoded from it.
func (c checker) item(path string, i int) *settings.Node { return c.root.Find(path).Items[i] }

// checkAll checks a whole scenario.
func checkAll(c checker) {
	switch {
	case c.Window > c.Duration:
		c.addf("window", "a window of %v is longer than the duration of %v", c.Window, c.Duration)
	case c.Duration/c.Window > maxWindows:
		c.addf("window", "a window of %v makes more than %d steps of the duration: make it wider", c.Window, maxWindows)
	}
	checkView(c)
	checkPhases(c)
	checkRoles(c)
	none := len(c.Strategies) == 0 && c.root.Get("variants") == nil
	c.refuseIf(none, "strategies", "no strategy: name at least one of %s", spelling.List(catalog.Names()))
	for i := range c.Strategies {
		checkEntry(c, &c.Strategies[i])
	}
	c.names = newScope(c)
	for _, x := range c.Expect {
		x.compile(c.names, func(offset int, err error) { c.errs.AddError(x.at.Shift(x.indent+offset).Clamp(), err) })
	}
}

// checkView checks the parts that a strategy's with can change.
func checkView(c checker) {
	checkOrigin(c)
	checkWorkload(c)
	checkMemory(c)
	checkProcesses(c)
	checkDisk(c)
	checkWarmers(c)
	checkFaults(c)
	checkRing(c)
	checkOwnNodes(c)
	checkFront(c)
}

func checkPhases(c checker) {
	for i, p := range c.Phases {
		at := "phases." + p.Name
		switch {
		case p.From >= p.To:
			c.addf(at, "phase %q ends at %v, before it begins at %v", p.Name, p.To, p.From)
		case p.To > c.Duration:
			c.addf(at, "phase %q ends at %v, after the run's end at %v", p.Name, p.To, c.Duration)
		}
		for _, other := range c.Phases[:i] {
			c.refuseIf(p.From < other.To && other.From < p.To, at, "the phases %q and %q overlap", other.Name, p.Name)
		}
	}
}

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
