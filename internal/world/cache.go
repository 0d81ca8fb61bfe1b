package world

import "github.com/herdlab/herdlab/strategies"

// Cache is what the strategy of a box needs of the shared cache: a client of
// its own.
type Cache interface {
	strategies.Store
	strategies.Locker
}
