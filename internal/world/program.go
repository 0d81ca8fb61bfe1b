package world

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// Program is what a box runs: what a crash destroys and a deploy replaces.
type Program struct {
	// Strategies answer reads, one for each named cache.
	Strategies []strategies.Strategy

	// Caches are the named caches, for what is kept there without a strategy:
	// sessions, whose content of a key Session makes.
	Caches  []Cache
	Session func(key string) []byte

	// Write commits writes.
	Write origin.Writer

	// Kill cuts the program off from cache and origin.
	Kill func()

	// Release is its number among Releases, which may be nil.
	Release  int
	Releases *Releases
}

// side is which release answers, while there are two.
func (p *Program) side() metrics.Side {
	if p.Releases == nil {
		return metrics.Alone
	}
	return p.Releases.side(p.Release)
}

// writeKey commits a write and tells the strategy, in this order.
func (p *Program) writeKey(cache int, key string) metrics.Outcome {
	v, err := p.Write(key)
	if err != nil {
		return metrics.OriginFailure
	}
	if strategies.Wrote(background, p.Strategies[cache], key, v) != nil {
		return metrics.CacheError
	}
	return metrics.Written
}

// session serves a user's session, which is data and not a copy of any: nothing
// can compute it. A user whose session is gone is told to log in, does so, and has
// one again.
func (p *Program) session(j *Job, now func() time.Time) {
	cache := p.Caches[j.Cache]
	if !j.Write {
		e, ok, err := cache.Get(background, j.Key)
		switch {
		case err != nil:
			j.Outcome = metrics.CacheError
			return
		case ok:
			j.Outcome, j.Stored, j.Version, j.Data = metrics.FreshHit, e.Stored, e.Version, e.Data
			return
		}
	}
	j.Outcome = metrics.Written
	if !j.Write {
		j.Outcome = metrics.LoggedOut
	}
	if cache.Set(background, j.Key, NewSession(p.Session(j.Key), now()), SessionLife) != nil {
		j.Outcome = metrics.CacheError
	}
}
