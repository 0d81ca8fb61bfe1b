package world

import "github.com/herdlab/herdlab/strategies"

// Program is what a box runs: what a crash destroys and a deploy replaces.
type Program struct {
	// Strategies answer reads, one for each named cache.
	Strategies []strategies.Strategy

	// Caches are the named caches, for what is kept there without a strategy:
	// sessions, whose content of a key Session makes.
	Caches  []Cache
	Session func(key string) []byte

	// Write commits writes.
	Write Writer

	// Kill cuts the program off from cache and origin.
	Kill func()

	// Release is its number among Releases, which may be nil.
	Release  int
	Releases *Releases
}

// side is which release answers, while there are two.
func (p *Program) side() Side {
	if p.Releases == nil {
		return Alone
	}
	return p.Releases.side(p.Release)
}
