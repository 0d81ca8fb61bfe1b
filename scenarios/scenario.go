// Package scenarios reads scenario files: a fleet, the traffic on it, what
// goes wrong, the strategies compared and what is expected of them.
//
//	s, err := scenarios.Open("black-friday.yaml", []string{"fleet.workers=50"})
//
// The loader is strict. An unknown field, a number without its unit, an
// impossible value, an unknown strategy or figure is an error with file, line
// and column, and with a suggestion where a name is nearly right. It reports
// what it found all at once, up to ten errors, in the order of the file.
//
// # The file
//
// Every field, its meaning, unit and default stand in one place: the tags of
// the structs it is decoded into. The reference (docs/scenario.md), the JSON
// Schema for editors ([Schema]) and the loader are all made from them.
//
// Of YAML a scenario uses mappings, lists and scalars. Anchors, aliases, merge
// keys, tags and second documents are refused: a scenario is to be read from
// top to bottom.
//
// # In steps
//
// A file becomes a tree of nodes with places, and overrides are put into it
// (internal/settings). The tree is decoded, checked as a whole (check*.go), and
// once more as each strategy with overrides sees it and as it runs on real
// parts. Expectations are compiled last, when the names they may use are known
// (internal/expect, internal/figures). Faults and strategies are types of their
// own (internal/fault, internal/catalog); this package finds out which one a
// mapping means.
package scenarios

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/workloads"
)

// Scenario is one scenario file, checked.
type Scenario struct {
	// File is the path the scenario was read from; for one of the catalogue it
	// is the name of the embedded file.
	File string `yaml:"-"`

	names *scope // of what an expectation may speak

	// Shipped is set on a scenario of the catalogue.
	Shipped bool `yaml:"-"`

	Name     string        `yaml:"name" doc:"what reports call it; the file's name by default"`
	About    string        `yaml:"about" doc:"one sentence: what happens here"`
	Source   string        `yaml:"source" doc:"where the story and its numbers come from"`
	Quick    bool          `yaml:"quick" doc:"part of the quick set, which is run when no scenario is named"`
	Duration time.Duration `yaml:"duration" required:"true" min:"1ms" max:"400d" doc:"how long requests keep arriving"`
	Seed     uint64        `yaml:"seed" default:"1" doc:"the first seed; all randomness comes from it"`
	Seeds    int           `yaml:"seeds" default:"1" min:"1" max:"1000" doc:"how many times every strategy runs, each with the next seed: of 6 or more it is known what is noise. In loadtest it is one unless real.with or the command line says more"`
	Window   time.Duration `yaml:"window" min:"1ms" doc:"length of one step of the figures over time; by default about a two-hundredth of the duration"`

	Warm int `yaml:"warm" default:"0" min:"0" max:"10000000" doc:"how many keys are loaded before the requests begin, the most popular first; only warm_computes and warm_time count them"`

	Idle time.Duration `yaml:"idle" default:"0s" min:"0s" max:"400d" doc:"pause without requests between the warm-up and the first request; time counts from its end"`

	Fleet    world.FleetConfig  `yaml:"fleet" doc:"everything behind the clients"`
	Workload []workloads.Class  `yaml:"workload" required:"true" doc:"the classes of requests that arrive"`
	Client   world.ClientConfig `yaml:"client" doc:"the program that sends the requests"`
	Faults   Faults             `yaml:"faults" doc:"what goes wrong, and when"`
	Phases   Phases             `yaml:"phases" doc:"named parts of the run, for expectations; time outside them counts only in the run as a whole"`

	Strategies Strategies   `yaml:"strategies" required:"true" or:"variants" doc:"the strategies to compare: a mapping from label to settings, run in this order"`
	Variants   Variants     `yaml:"variants" doc:"the strategies of a story, each with its role; written instead of strategies"`
	Budget     Budget       `yaml:"budget" doc:"what a strategy must keep to be ranked, under every seed and in every class: limits such as {failures: 0.1%, p99: 200ms, stale: 5m}; failures: 0.1% unless it is stated"`
	Expect     Expectations `yaml:"expect" doc:"what must be true of the results: a list of expressions over their figures"`

	Real *Real `yaml:"real" doc:"how loadtest runs the scenario on real parts"`

	Incident `yaml:",inline"`
}

// Given is what a command line calls the scenario: the path of its file, as it
// was written there, or its name in the catalogue.
func (s *Scenario) Given() string {
	if s.Shipped {
		return strings.TrimSuffix(path.Base(s.File), ".yaml")
	}
	return s.File
}

// IsIncident reports whether the scenario is one of the catalogue that tells a story:
// before, after and why.
func (s *Scenario) IsIncident() bool { return s.Shipped && path.Dir(s.File) == incidents }

// IsNotReal reports whether the scenario cannot be run on real parts.
func (s *Scenario) IsNotReal() bool { return s.Real != nil && s.Real.Not != "" }

// For returns the scenario as the entry sees it: with its overrides applied,
// which the loader has checked. Everything else is shared with s.
func (s *Scenario) For(e Entry) (*Scenario, error) {
	if len(e.With) == 0 {
		return s, nil
	}
	if e.view.Scenario == nil {
		return nil, fmt.Errorf("strategy %q has overrides and was not made by the loader: load the scenario from its file", e.Name)
	}
	c, seen := *s, e.view
	c.Fleet, c.Workload, c.Client, c.Faults, c.Warm, c.Idle = seen.Fleet, seen.Workload, seen.Client, seen.Faults, seen.Warm, seen.Idle
	return &c, nil
}

// LeaveAlone removes what the lab does to its own boxes and could not do to a program of
// somebody else's: warmers, and all faults but those that causes reports to be possible.
func (s *Scenario) LeaveAlone(causes func(fault.Fault) bool) {
	s.eachView(func(seen *Scenario) {
		seen.Faults = slices.DeleteFunc(slices.Clone(seen.Faults), func(f fault.Fault) bool { return !causes(f) })
		seen.Fleet.Warmers = nil
	})
}

// UseOrigin puts an origin in the place of that of the scenario, for every strategy.
func (s *Scenario) UseOrigin(cfg origin.Config) {
	s.eachView(func(seen *Scenario) { seen.Fleet.Origin = cfg })
}

// eachView changes the scenario, and as strategies with overrides see it.
func (s *Scenario) eachView(change func(*Scenario)) {
	change(s)
	for i := range s.Strategies {
		if seen := &s.Strategies[i].view; seen.Scenario != nil && seen.Scenario != s {
			own := *seen.Scenario
			change(&own)
			seen.Scenario = &own
		}
	}
}

// Caches are the named caches that the workload uses, the default one first.
func (s *Scenario) Caches() []string {
	list := []string{world.DefaultCache}
	for _, class := range s.Workload {
		if name := class.Cache; name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// CacheOf is, of every class, the number of its cache among [Scenario.Caches].
func (s *Scenario) CacheOf() []int {
	caches := s.Caches()
	list := make([]int, len(s.Workload))
	for i, class := range s.Workload {
		list[i] = max(0, slices.Index(caches, class.Cache))
	}
	return list
}

// Scene is what the scenario's faults find.
func (s *Scenario) Scene() fault.Scene {
	return world.Config{Fleet: s.Fleet, Faults: s.Faults, Duration: s.Duration, Caches: s.Caches()}.Scene()
}

// Incident is what happened, in words. A scenario of a workload has a theme and
// nothing else of it; one in incidents/ has it all.
type Incident struct {
	Theme    string `yaml:"theme" default:"workloads" enum:"workloads,file-cache,page-cache,rings,keys,two-level,burst,warming,long-tail,public" doc:"its group in the catalogue"`
	Story    string `yaml:"story" doc:"what happened, in a few sentences for a newcomer: what was running, what went wrong, and why"`
	Topology string `yaml:"topology" doc:"who talks to whom, in a line or two"`
	Trigger  string `yaml:"trigger" doc:"what starts it, and when"`
	Look     string `yaml:"look" doc:"what to look for in the plots and the table"`

	Unreproduced []string `yaml:"unreproduced" doc:"figures of the source that cannot be reproduced here, each with its reason"`
}

// Part is what a variant is in its story.
type Part struct {
	Role string `yaml:"role" enum:"before,wrong,after" doc:"the system as it was, a tempting fix that does not help, or one that does"`
	Why  string `yaml:"why" required:"true" doc:"one short sentence: why it was so, why it tempts, why it helps"`
}

// Theme is a group of the catalogue.
type Theme struct{ Name, Title string }

// Themes lists the groups of the catalogue in the order in which it shows them.
func Themes() []Theme {
	return []Theme{
		{"workloads", "shapes of traffic, every strategy"},
		{"file-cache", "a cache in files, on the disk of each box"},
		{"page-cache", "whole pages in memcached, served by the front"},
		{"rings", "which node has a key: losing, adding and flapping nodes"},
		{"keys", "versions in keys, deploys, and names that clash"},
		{"two-level", "a small cache in every box over a shared one"},
		{"burst", "many ask at once for one thing that is not there"},
		{"warming", "caches that are filled ahead of their readers"},
		{"long-tail", "sets too large or asked for too rarely to be cached"},
		{"public", "incidents that others have written about"},
	}
}

// useVariants makes the variants the strategies that are run.
func useVariants(s *Scenario, root *settings.Node, errs *settings.Problems) {
	if root.Get("variants") == nil {
		return
	}
	if given := root.Get("strategies"); given != nil {
		name := "its name"
		if len(s.Variants) > 0 {
			name = s.Variants[0].Name
		}
		errs.Addf(given.At, "strategies beside variants: a file has one of them; change a variant by variants.%s", name)
		return
	}
	s.Strategies, s.Variants = Strategies(s.Variants), nil
}

// checkRoles wants a story to have a before and an after.
func checkRoles(c checker) {
	if c.root.Get("variants") == nil {
		return
	}
	for _, role := range []string{"before", "after"} {
		played := slices.ContainsFunc(c.Strategies, func(e Entry) bool { return e.Role == role })
		c.refuseIf(!played, "variants", "no variant has the role %s: a story has one before and one after at least", role)
	}
}

// readPart reads what a variant is in its story.
func readPart(d *settings.Decoder, n *settings.Node, e *Entry) {
	own := n.Only(isPart)
	own.At = e.at
	d.Struct(own, &e.Part, fmt.Sprintf("variant %q", e.Name))
}

func isPart(f *settings.Field) bool { return f.Key == "role" || f.Key == "why" }

// noPart refuses a part in a story that is told by variants, and returns what else
// there is.
func noPart(errs *settings.Problems, n *settings.Node) *settings.Node {
	return n.Only(func(f *settings.Field) bool {
		if isPart(f) {
			errs.Addf(f.At, "%q is of a strategy that plays a part in a story: write variants in place of strategies, or remove it", f.Key)
		}
		return !isPart(f)
	})
}
