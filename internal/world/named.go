package world

import "github.com/herdlab/herdlab/internal/world/tier"

// DefaultCache is the named cache of everything that names none.
const DefaultCache = "default"

// NoCache is the named cache that is none: whoever names it is answered by the
// origin, every time.
const NoCache = "none"

// Named are the named caches of a world, the default one first.
func (c Config) Named() []string {
	if len(c.Caches) == 0 {
		return []string{DefaultCache}
	}
	return c.Caches
}

// CachePrefix is what stands in front of the keys of a named cache: its name, of
// which the default one has none as in Django, and their version. Named caches
// share nodes, memory and flushes.
func CachePrefix(name string, version int) string {
	if name == DefaultCache {
		name = ""
	}
	return tier.KeyPrefix(name, version)
}
