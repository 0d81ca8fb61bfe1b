package scenarios

import "slices"

// checkOwn checks the named caches that have nodes of their own.
func (s *Scenario) checkOwn(root *node, errs *problems) {
	known := s.Caches()[1:]
	list := root.get("fleet").get("cache").get("own")
	var seen []string
	for i, o := range s.Fleet.Cache.Own {
		at := list.items[i].place("cache")
		switch {
		case !slices.Contains(known, o.Cache):
			err := errs.add(at.errorf("no class names a cache %q", o.Cache))
			err.Hint = Suggest(o.Cache, known)
		case slices.Contains(seen, o.Cache):
			errs.add(at.errorf("cache %q is given nodes twice", o.Cache))
		case s.Fleet.Cache.Gutter > 0:
			errs.add(at.errorf("fleet.cache.gutter stands in for nodes that all caches share: leave it out where one has its own"))
		}
		seen = append(seen, o.Cache)
	}
}

// nodesFor is how many nodes a kind of fault can befall: where it changes the list
// of nodes, those that stand on it.
func (s *Scenario) nodesFor(kind string) int {
	switch kind {
	case "node-loss", "node-hang", "node-flap", "flush":
		return s.Fleet.Cache.AllNodes()
	}
	return s.Fleet.Cache.Nodes
}
