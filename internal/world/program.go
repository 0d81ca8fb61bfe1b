package world

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// Program is what a process of a box runs: what a crash destroys and a deploy replaces.
// Every start makes a new one, with strategies that remember nothing. After a deploy the
// old program serves to its end what it began; after a crash it is killed.
type Program struct {
	// Strategies answer reads, one for each named cache.
	Strategies []strategies.Strategy

	// Defers says that one of them leaves work to be done after an answer.
	Defers bool

	// Caches are the named caches, for what is kept there without a strategy:
	// sessions, whose content of a key Session makes.
	Caches  []Cache
	Session func(key string) []byte

	// Commit commits a write at the origin and returns what was written.
	Commit strategies.LoaderFunc

	// Kill cuts the program off from cache and origin. Its processes cannot be
	// stopped, as they wait somewhere; but nothing they do reaches anybody.
	Kill func()

	// Release is its number among Releases, by which answers of the old program and of
	// the new one are told apart. Releases may be nil, where there is no deploy.
	Release  int
	Releases *Releases
}

// newProgram makes a program with cache clients and strategies of its own, for a process of
// box i.
func newProgram(w *World, i, process int) (*Program, error) {
	release := w.releases.Of(i)
	line := origin.NewLifeline(w.originLoader().Load, w.origin.Put)
	p := &Program{Commit: traced(w.env.Timelines, "write", line.Write), Session: w.sessions.Value, Release: release.Number, Releases: w.releases}
	var kills []func()
	for name, prefix := range w.prefixes(release) {
		cache, err := w.tier.Client(i, w.releases.caches[name], prefix)
		if err != nil {
			return nil, err
		}
		private := w.privateCache(i, process, prefix, cache)
		s, err := w.build(i, name, private, traced(w.env.Timelines, "load", w.asCached(line).Load))
		if err != nil {
			return nil, err
		}
		// Better no run than one whose cache is filled with values that nobody wrote.
		if p, ok := s.(strategies.Putter); ok && p.WantsValues() && w.origin.Tells() != nil {
			return nil, w.origin.Tells()
		}
		p.Defers = p.Defers || strategies.Defers(s)
		kills, p.Caches, p.Strategies = append(kills, cache.Kill), append(p.Caches, private), append(p.Strategies, s)
		if d, ok := private.(ProgramCache); ok && w.disks != nil {
			kills = append(kills, d.Kill)
		}
	}
	p.Kill = func() {
		line.Cut() // first: a strategy whose cache fails turns to the origin
		for _, kill := range kills {
			kill()
		}
	}
	return p, nil
}

// side is which release answers, while there are two.
func (p *Program) side() metrics.Side {
	if p.Releases == nil {
		return metrics.Alone
	}
	return p.Releases.side(p.Release)
}

// write commits a write and tells the strategy, in this order: told first, another
// box could load the old value in between and keep it.
func (p *Program) write(ctx context.Context, cache int, key string) metrics.Outcome {
	v, err := p.Commit(ctx, key)
	if err != nil {
		return metrics.OriginFailure
	}
	if strategies.Wrote(ctx, p.Strategies[cache], key, v) != nil {
		return metrics.CacheError
	}
	return metrics.Written
}

// serveSession serves a user's session, which is data and not a copy of any: nothing
// can compute it. A user whose session is gone is told to log in, does so, and has
// one again.
func (p *Program) serveSession(j *Job, now func() time.Time) {
	cache, ctx := p.Caches[j.Cache], j.Trace.Context()
	if j.Op != workloads.Write {
		e, ok, err := cache.Get(ctx, j.Key)
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
	if j.Op != workloads.Write {
		j.Outcome = metrics.LoggedOut
	}
	if cache.Set(ctx, j.Key, NewSession(p.Session(j.Key), now()), SessionLife) != nil {
		j.Outcome = metrics.CacheError
	}
}

// SessionLife is how long a session is kept after it was written: two weeks, as
// Django has it (SESSION_COOKIE_AGE).
const SessionLife = 14 * 24 * time.Hour

// NewSession is the session of a user who has just logged in.
func NewSession(data []byte, now time.Time) strategies.Entry {
	return strategies.Entry{Value: strategies.Value{Data: data, Version: 1}, Stored: strategies.At(now)}
}
