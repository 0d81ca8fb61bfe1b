package scenarios

import (
	"slices"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
)

// In is the strategy that the entry has for a named cache: itself, and direct
// for the one that is none.
func (e Entry) In(cache string) Entry {
	if cache != world.NoCache {
		return e
	}
	return Entry{Name: e.Name, Kind: "direct", Config: new(strategies.DirectConfig)}
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
