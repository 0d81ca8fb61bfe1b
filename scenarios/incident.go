package scenarios

import "slices"

// Incident is what happened, in words. A scenario of a workload has a theme and
// nothing else of it; one in incidents/ has it all.
type Incident struct {
	Theme    string `yaml:"theme" default:"workloads" enum:"workloads,file-cache,page-cache,rings,keys,two-level,burst,warming,long-tail,public" doc:"what it is about, for the catalogue"`
	Story    string `yaml:"story" doc:"what happened, in a few sentences for a newcomer: what they ran, what went wrong, and why"`
	Topology string `yaml:"topology" doc:"who talks to whom, in a line or two"`
	Trigger  string `yaml:"trigger" doc:"what sets it off, and when"`
	Look     string `yaml:"look" doc:"what to look for in the pictures and the table"`

	Unreproduced []string `yaml:"unreproduced" doc:"figures of the source that cannot be reproduced here, each with the reason"`
}

// Part is what a variant is in its story.
type Part struct {
	Role string `yaml:"role" enum:"before,wrong,after" doc:"the system as it was, a tempting fix that does not help, or one that does"`
	Why  string `yaml:"why" required:"true" doc:"one short sentence: why it was so, why it tempts, why it helps"`
}

// Variants are strategies of a scenario that play a part in its story.
type Variants []Entry

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

// move makes the variants the strategies that are run.
func (s *Scenario) move(root *node, errs *problems) {
	if root.get("variants") == nil {
		return
	}
	if given := root.get("strategies"); given != nil {
		errs.add(given.at.errorf("strategies beside variants: a file has one of them; change a variant by variants.%s", firstName(s.Variants)))
		return
	}
	s.Strategies, s.Variants = s.Variants, nil
}

// checkParts wants a story to have a before and an after.
func (s *Scenario) checkParts(root *node, errs *problems) {
	at := root.get("variants")
	if at == nil {
		return
	}
	for _, role := range []string{"before", "after"} {
		if !slices.ContainsFunc(s.Strategies, func(e Entry) bool { return e.Role == role }) {
			errs.add(at.at.errorf("no variant has the role %s: a story has one before and one after at least", role))
		}
	}
}

func firstName(list []Entry) string {
	if len(list) == 0 {
		return "its name"
	}
	return list[0].Name
}
