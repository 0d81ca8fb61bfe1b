package scenarios

import (
	"errors"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// maxWindows bounds the series of a result file.
const maxWindows = 20000

// check is everything that one field alone cannot say.
func (s *Scenario) check(root *settings.Node, errs *settings.Problems) {
	switch {
	case s.Window > s.Duration:
		errs.Addf(root.Place("window"), "a window of %v is longer than the duration of %v", s.Window, s.Duration)
	case s.Duration/s.Window > maxWindows:
		errs.Addf(root.Place("window"), "a window of %v makes more than %d steps of the duration: make it wider", s.Window, maxWindows)
	}
	s.checkWorld(root, errs)
	s.checkPhases(root, errs)
	s.checkParts(root, errs)
	if len(s.Strategies) == 0 && root.Get("variants") == nil {
		errs.Addf(root.Place("strategies"), "no strategy: name at least one of %s", spelling.List(catalog.Names()))
	}
	for i := range s.Strategies {
		s.Strategies[i].check(errs)
		s.checkPages(&s.Strategies[i], errs)
	}
	names := newScope(s, root, errs)
	for _, x := range s.Expect {
		x.compile(names, errs)
	}
}

// checkWorld checks the parts that a strategy's with can change.
func (s *Scenario) checkWorld(root *settings.Node, errs *settings.Problems) {
	if latency := root.Get("fleet").Get("origin").Get("latency"); latency == nil {
		errs.Addf(root.Place("fleet.origin.latency"), "fleet.origin.latency is missing: say how long one load takes, such as 50ms")
	} else if latency.Kind == settings.Mapping && len(latency.Fields) == 0 {
		errs.Addf(latency.At, "fleet.origin.latency says nothing: write how long one load takes, such as 50ms")
	}
	if err := s.Fleet.Origin.Latency.Validate(); err != nil {
		errs.Addf(root.Place("fleet.origin.latency"), "%v", err)
	}
	s.checkWorkload(root, errs)
	s.checkSizes(root, errs)
	s.checkValues(root, errs)
	s.checkDisk(root, errs)
	s.checkWarmers(root, errs)
	s.checkFaults(root, errs)
	s.checkSessions(root, errs)
	s.checkOwn(root, errs)
	s.checkFront(root, errs)
}

func (s *Scenario) checkWorkload(root *settings.Node, errs *settings.Problems) {
	list := root.Get("workload")
	if len(s.Workload) == 0 {
		errs.Addf(list.At, "the workload is empty: name at least one class of requests")
		return
	}
	keys := false
	seen := map[string]int{}
	for i, class := range s.Workload {
		at := list.Items[i]
		name := at.Get("class").Text
		if first, twice := seen[name]; twice {
			errs.Addf(at.Place("class"), "there are two classes %q, first on line %d", name, first)
		}
		seen[name] = at.Place("class").Line
		checkName(errs, "class", name, at.Place("class"))
		keys = keys || !class.Bystander()
		if class.Cache != "" {
			checkName(errs, "cache", class.Cache, at.Place("cache"))
			s.checkNone(class, at, errs)
		}
		if _, err := workloads.New(s.Seed, s.Duration, s.Workload[i:i+1]); err != nil { // opens nothing yet
			addFieldError(at, err, errs)
		}
	}
	if !keys {
		errs.Addf(list.At, "no class has keys: without them no request meets the cache")
	}
}

// addFieldError puts an error of package workloads at the field it is about.
func addFieldError(n *settings.Node, err error, errs *settings.Problems) {
	var field *workloads.FieldError
	if errors.As(err, &field) {
		errs.Addf(n.Place(field.Path), "%s: %s", field.Path, field.Msg)
		return
	}
	errs.Addf(n.At, "%v", err)
}

func (s *Scenario) checkPhases(root *settings.Node, errs *settings.Problems) {
	for i, p := range s.Phases {
		at := root.Place("phases." + p.Name)
		switch {
		case p.From >= p.To:
			errs.Addf(at, "phase %q ends at %v, before it begins at %v", p.Name, p.To, p.From)
		case p.To > s.Duration:
			errs.Addf(at, "phase %q ends at %v, after the run's end at %v", p.Name, p.To, s.Duration)
		}
		for _, other := range s.Phases[:i] {
			if p.From < other.To && other.From < p.To {
				errs.Addf(at, "the phases %q and %q overlap", other.Name, p.Name)
			}
		}
	}
}

// check builds the strategy once, so that its own validation speaks.
func (e *Entry) check(errs *settings.Problems) {
	if e.Over != nil {
		e.Over.check(errs)
	}
	_, err := catalog.Try(e.Choice())
	var bad *strategies.ConfigError
	if errors.As(err, &bad) {
		errs.Addf(e.node.Place(bad.Field), "strategy %q: %s %s", e.Name, bad.Field, bad.Msg)
	} else if err != nil {
		errs.Addf(e.at, "strategy %q: %v", e.Name, err)
	}
}
