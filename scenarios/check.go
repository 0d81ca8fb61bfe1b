package scenarios

import (
	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
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
	if len(c.Strategies) == 0 && c.root.Get("variants") == nil {
		c.addf("strategies", "no strategy: name at least one of %s", spelling.List(catalog.Names()))
	}
	for i := range c.Strategies {
		checkEntry(c, &c.Strategies[i])
	}
	names := newScope(c)
	for _, x := range c.Expect {
		x.compile(names, c.errs)
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
			if p.From < other.To && other.From < p.To {
				c.addf(at, "the phases %q and %q overlap", other.Name, p.Name)
			}
		}
	}
}
