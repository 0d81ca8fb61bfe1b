package scenarios

import (
	"errors"
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// maxWindows bounds the series of a result file.
const maxWindows = 20000

// check is everything that one field alone cannot say.
func (s *Scenario) check(root *node, errs *problems) {
	switch {
	case s.Window > s.Duration:
		errs.add(root.place("window").errorf("a window of %v is longer than the duration of %v", s.Window, s.Duration))
	case s.Duration/s.Window > maxWindows:
		errs.add(root.place("window").errorf("a window of %v makes more than %d steps of the duration: make it wider", s.Window, maxWindows))
	}
	s.checkWorld(root, errs)
	s.checkPhases(root, errs)
	s.checkParts(root, errs)
	if len(s.Strategies) == 0 && root.get("variants") == nil {
		errs.add(root.place("strategies").errorf("no strategy: name at least one of %s", listed(catalog.Names())))
	}
	for i := range s.Strategies {
		s.Strategies[i].check(errs)
		s.checkPages(&s.Strategies[i], errs)
	}
	names := s.scope(root, errs)
	for _, x := range s.Expect {
		x.compile(names, errs)
	}
}

// checkWorld checks the parts that a strategy's with can change.
func (s *Scenario) checkWorld(root *node, errs *problems) {
	if latency := root.get("fleet").get("origin").get("latency"); latency == nil {
		errs.add(root.place("fleet.origin.latency").errorf("fleet.origin.latency is missing: say how long one load takes, such as 50ms"))
	} else if latency.kind == mappingNode && len(latency.fields) == 0 {
		errs.add(latency.at.errorf("fleet.origin.latency says nothing: write how long one load takes, such as 50ms"))
	}
	if err := s.Fleet.Origin.Latency.Validate(); err != nil {
		errs.add(root.place("fleet.origin.latency").errorf("%v", err))
	}
	s.checkWorkload(root, errs)
	s.checkSizes(root, errs)
	s.checkValues(root, errs)
	s.checkDisk(root, errs)
	s.checkWarmers(root, errs)
	for i, f := range s.Faults {
		s.checkFault(f, root.get("faults").items[i], errs)
	}
	s.checkOverlaps(root, errs)
	s.checkDeploys(root, errs)
	if err := world.CheckListings(s.Fleet.Cache.Nodes, s.Faults); err != nil {
		errs.add(root.place("faults").errorf("%v", err))
	}
	s.checkSessions(root, errs)
	s.checkOwn(root, errs)
	s.checkFront(root, errs)
}

func (s *Scenario) checkWorkload(root *node, errs *problems) {
	list := root.get("workload")
	if len(s.Workload) == 0 {
		errs.add(list.at.errorf("the workload is empty: name at least one class of requests"))
		return
	}
	keys := false
	seen := map[string]int{}
	for i, class := range s.Workload {
		at := list.items[i]
		name := at.get("class").text
		if first, twice := seen[name]; twice {
			errs.add(at.place("class").errorf("there are two classes %q, first on line %d", name, first))
		}
		seen[name] = at.place("class").line
		(&decoder{errs}).checkName("class", name, at.place("class"))
		keys = keys || !class.Bystander()
		if class.Cache != "" {
			(&decoder{errs}).checkName("cache", class.Cache, at.place("cache"))
			s.checkNone(class, at, errs)
		}
		if _, err := workloads.New(s.Seed, s.Duration, s.Workload[i:i+1]); err != nil { // opens nothing yet
			errs.add(fieldPlace(at, err))
		}
	}
	if !keys {
		errs.add(list.at.errorf("no class has keys: without them no request meets the cache"))
	}
}

// fieldPlace is an error of package workloads at the field it is about.
func fieldPlace(n *node, err error) *Error {
	var field *workloads.FieldError
	if errors.As(err, &field) {
		return n.place(field.Path).errorf("%s: %s", field.Path, field.Msg)
	}
	return n.at.errorf("%v", err)
}

func (s *Scenario) checkFault(f world.FaultConfig, n *node, errs *problems) {
	used := faultFields()[f.Kind]
	for _, field := range n.fields {
		if !slices.Contains(used, field.key) && !slices.Contains([]string{"at", "kind"}, field.key) {
			errs.add(field.at.errorf("%q means nothing for %s", field.key, f.Kind))
		}
	}
	if f.At >= s.Duration {
		errs.add(n.place("at").errorf("the fault comes at %v, and the run ends at %v", f.At, s.Duration))
	}
	if nodes := s.nodesFor(f.Kind); slices.Contains(used, "node") && f.Node >= nodes {
		errs.add(n.place("node").errorf("there is no node %d: the cache has %s, counted from 0", f.Node, plural(nodes, "node")))
	}
	if slices.Contains(used, "box") && f.Box >= s.Fleet.Boxes {
		errs.add(n.place("box").errorf("there is no box %d: the fleet has %s, counted from 0", f.Box, plural(s.Fleet.Boxes, "box")))
	}
	if f.Kind == "readmit" && f.For == 0 {
		errs.add(n.at.errorf("readmit needs for, the time in which the share grows until everybody is let in"))
	}
	checkNodeFault(f, s.nodesFor(f.Kind), n, errs)
	if f.Kind == "node-flap" && f.Every < minFlap {
		errs.add(n.place("every").errorf("node-flap needs every, the time from one loss to the next, of at least %v", minFlap))
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if word == "box" {
		word = "boxe"
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func (s *Scenario) checkPhases(root *node, errs *problems) {
	for i, p := range s.Phases {
		at := root.place("phases." + p.Name)
		switch {
		case p.From >= p.To:
			errs.add(at.errorf("phase %q ends at %v, before it begins at %v", p.Name, p.To, p.From))
		case p.To > s.Duration:
			errs.add(at.errorf("phase %q ends at %v, after the run's end at %v", p.Name, p.To, s.Duration))
		}
		for _, other := range s.Phases[:i] {
			if p.From < other.To && other.From < p.To {
				errs.add(at.errorf("the phases %q and %q overlap", other.Name, p.Name))
			}
		}
	}
}

// check builds the strategy once, so that its own validation speaks.
func (e *Entry) check(errs *problems) {
	if e.Over != nil {
		e.Over.check(errs)
	}
	_, err := catalog.Try(e.Choice())
	var bad *strategies.ConfigError
	if errors.As(err, &bad) {
		errs.add(e.node.place(bad.Field).errorf("strategy %q: %s %s", e.Name, bad.Field, bad.Msg))
	} else if err != nil {
		errs.add(e.at.errorf("strategy %q: %v", e.Name, err))
	}
}

// scope gathers the names that expectations can use.
func (s *Scenario) scope(root *node, errs *problems) *scope {
	names := &scope{
		strategies: map[string]string{}, phases: map[string]string{}, classes: map[string]string{}, warmUp: map[string]bool{},
	}
	taken := map[string]string{}
	take := func(what, name string, at place) string {
		id := ident(name)
		if other, ok := taken[id]; ok {
			errs.add(at.errorf("%s %q has the name of %s in expectations (%s): rename one of them", what, name, other, id))
		}
		taken[id] = fmt.Sprintf("%s %q", what, name)
		names.order = append(names.order, id)
		return id
	}
	for _, e := range s.Strategies {
		names.strategies[take("strategy", e.Name, e.at)] = e.Name
	}
	for _, p := range s.Phases {
		names.phases[take("phase", p.Name, root.place("phases."+p.Name))] = p.Name
		names.warmUp[p.Name] = p.WarmUp
	}
	for _, item := range root.get("workload").items {
		name := item.get("class").text
		names.classes[ident(name)] = name
		names.classOrder = append(names.classOrder, ident(name))
	}
	return names
}
