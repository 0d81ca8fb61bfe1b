package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// Real is how loadtest runs the scenario.
type Real struct {
	With  Overrides `yaml:"with" doc:"overrides of the scenario for a run on real parts, as by --set and before the user's own: a mapping from path to value, such as {duration: 30s}"`
	Cache string    `yaml:"cache" default:"redis" enum:"redis,memcached,file" doc:"the cache it is run on where --cache does not say; a scenario without real is run on the embedded one"`
	Not   string    `yaml:"not" doc:"why it cannot be run for real; nothing else is given then"`
}

// Overrides are changes of a scenario, each of a value at a path.
type Overrides struct{ list []override }

// Strings writes each as --set takes it.
func (o Overrides) Strings() []string {
	list := make([]string, len(o.list))
	for i, x := range o.list {
		list[i] = x.String()
	}
	return list
}

// overrides reads a mapping from path to value. Parts of the scenario that may
// be changed are the first names of the paths.
func (d *decoder) overrides(n *node, what, example string, parts ...string) []override {
	if n.kind != mappingNode {
		d.errs.add(n.at.errorf("%s is %s here: write a mapping such as {%s}", what, n.kind, example))
		return nil
	}
	var list []override
	for _, f := range n.fields {
		o := override{path: splitPath(f.key, f.at), value: f.value}
		if first := o.path[0].name; !slices.Contains(parts, first) {
			err := d.errs.add(f.at.errorf("%s can change %s, not %q", what, andList(parts), first))
			err.Hint = Suggest(first, parts)
			continue
		}
		list = append(list, o)
	}
	return list
}

// realOverrides reads how a scenario differs in a run on real parts.
func (d *decoder) realOverrides(n *node) []override {
	return d.overrides(n, "real.with", "duration: 30s",
		"duration", "window", "warm", "idle", "fleet", "workload", "client", "faults", "phases", "strategies", "variants")
}

// checkReal reads the scenario once more as it is run on real parts, so that
// what is wrong with it is found before anyone does.
func (s *Scenario) checkReal(root *node, path string, used *effects, errs *problems) {
	if s.Real == nil {
		return
	}
	given := root.get("real")
	if s.Real.Not != "" {
		for _, f := range given.fields {
			if f.key != "not" {
				errs.add(f.at.errorf("%q beside not: what cannot be run for real has no settings for it", f.key))
			}
		}
		return
	}
	if n := given.get("not"); n != nil {
		errs.add(n.at.errorf("not is empty: say why it cannot be run for real"))
	}
	if len(s.Real.With.list) == 0 {
		return
	}
	var own problems
	tree := root.clone()
	tree.applyReal(&own)
	real := readTree(tree, path, true, &own)
	for _, err := range own.list {
		err.Msg = "under real.with, " + err.Msg
		errs.add(err)
	}
	if len(own.list) == 0 {
		used.look(real, tree)
	}
}

// applyReal applies the file's own overrides for a run on real parts. What is
// wrong with them is told when they are decoded.
func (n *node) applyReal(errs *problems) {
	with := n.get("real").get("with")
	if with == nil || with.kind != mappingNode {
		return
	}
	var unheard problems
	for _, o := range (&decoder{&unheard}).realOverrides(with) {
		o.apply(n, errs)
	}
}

// NotReal is a scenario that cannot be run on real parts.
type NotReal struct{ Name, Why string }

func (e *NotReal) Error() string {
	return fmt.Sprintf("%s cannot be run for real: %s", e.Name, strings.TrimSpace(e.Why))
}
