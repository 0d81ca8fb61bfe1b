package scenarios

import (
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/settings"
)

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
