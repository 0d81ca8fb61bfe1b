package scenarios

import (
	"slices"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
)

// checkOwn checks the named caches that have nodes of their own.
func (s *Scenario) checkOwn(root *settings.Node, errs *settings.Problems) {
	known := s.Caches()[1:]
	list := root.Get("fleet").Get("cache").Get("own")
	var seen []string
	for i, o := range s.Fleet.Cache.Own {
		at := list.Items[i].Place("cache")
		switch {
		case !slices.Contains(known, o.Cache):
			err := errs.Addf(at, "no class names a cache %q", o.Cache)
			err.Hint = spelling.Suggest(o.Cache, known)
		case slices.Contains(seen, o.Cache):
			errs.Addf(at, "cache %q is given nodes twice", o.Cache)
		case s.Fleet.Cache.Gutter > 0:
			errs.Addf(at, "fleet.cache.gutter stands in for nodes that all caches share: leave it out where one has its own")
		}
		seen = append(seen, o.Cache)
	}
}
