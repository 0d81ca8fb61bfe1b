package scenarios

import (
	"slices"
	"strconv"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/workloads"
)

// checkSizes refuses nodes that have no room for any entry at all.
func (s *Scenario) checkSizes(root *settings.Node, errs *settings.Problems) {
	refuse := func(path string, bytes int64) {
		if bytes > 0 && bytes <= tier.PerItem {
			errs.Addf(root.Place(path), "%dB have no room for any value: an entry takes %d bytes, and its key and value; write more, or 0 for no limit", bytes, tier.PerItem)
		}
	}
	refuse("fleet.cache.memory", s.Fleet.Cache.Memory)
	if memory, least := s.Fleet.Cache.Memory, tier.PerItem+1+s.smallest(); memory > tier.PerItem && memory < least {
		errs.Addf(root.Place("fleet.cache.memory"), "%dB are less than the smallest value takes, which is %d bytes with its key; write more, or 0 for no limit", memory, least)
	}
	refuse("fleet.cache.max_item", s.Fleet.Cache.MaxItem)
	for i, own := range s.Fleet.Cache.Own {
		refuse("fleet.cache.own."+strconv.Itoa(i)+".memory", own.Memory)
	}
}

// smallest is the size of the smallest value that is cached: 0 where one may be as
// small as can be.
func (s *Scenario) smallest() int64 {
	least := int64(-1)
	for _, class := range s.Workload {
		if class.Bystander() || class.Cache == world.NoCache {
			continue
		}
		if size := class.LeastSize(); least < 0 || size < least {
			least = size
		}
	}
	return max(least, 0)
}

// checkNone refuses the name of a cache that was to be none, unless something else
// knows it.
func (s *Scenario) checkNone(class workloads.Class, n *settings.Node, errs *settings.Problems) {
	if class.Cache == "" || class.Cache == world.NoCache || spelling.Suggest(class.Cache, []string{world.NoCache}) == "" || s.knows(class.Cache) {
		return
	}
	err := errs.Addf(n.Place("cache"), "cache %q would be a cache of that name, with values and keys of its own: write none for no cache, or another name", class.Cache)
	err.Hint = world.NoCache
}

// knows reports whether a cache is named elsewhere than by a class.
func (s *Scenario) knows(cache string) bool {
	if slices.ContainsFunc(s.Fleet.Cache.Own, func(own tier.Own) bool { return own.Cache == cache }) {
		return true
	}
	return fault.NamesCache(s.Faults, cache)
}
