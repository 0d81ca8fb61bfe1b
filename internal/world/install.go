package world

import (
	"fmt"

	"github.com/herdlab/herdlab/strategies"
)

// Build makes the strategy of one box for one named cache from the box's client of
// it.
type Build func(box, name int, cache Cache, loader strategies.Loader) (strategies.Strategy, error)

// Install gives every box a strategy, made by build now and whenever the box
// restarts.
func (w *World) Install(build Build) error {
	w.build = build
	for i := range w.boxes {
		if err := w.install(i); err != nil {
			return err
		}
	}
	return nil
}

// install gives box i cache clients and strategies, as a start of its program
// does.
func (w *World) install(i int) error {
	release := w.releases.Of(i)
	line := NewLifeline(w.rows(), func(key string) (strategies.Value, error) { return w.Origin.Put(background, key) })
	p := Program{Write: line.Write, Session: w.sessions.Of, Release: release.Number, Releases: w.releases}
	var kills []func()
	for name, prefix := range w.prefixes(release) {
		cache, err := w.Tier.of(w.releases.caches[name]).ClientOf(i, prefix)
		if err != nil {
			return err
		}
		private := w.private(i, prefix, cache)
		s, err := w.build(i, name, private, w.rendered(line))
		if err != nil {
			return err
		}
		kills, p.Caches, p.Strategies = append(kills, cache.kill), append(p.Caches, private), append(p.Strategies, s)
		if d, ok := private.(*DiskClient); ok {
			kills = append(kills, d.kill)
		}
	}
	p.Kill = func() {
		line.Cut() // first: a strategy whose cache fails turns to the origin
		for _, kill := range kills {
			kill()
		}
	}
	w.boxes[i].Install(p)
	return nil
}

// prefixes are what stands in front of the keys of every named cache. Of pages it
// is a part of the key itself, which the front has to know.
func (w *World) prefixes(of Release) []string {
	if w.site != nil {
		return []string{""}
	}
	return w.releases.Prefixes(of)
}

// private is what the program of box i has for a cache.
func (w *World) private(i int, prefix string, shared *CacheClient) Cache {
	switch {
	case w.disks != nil:
		return w.disks[i].Client(shared, prefix)
	case w.site != nil:
		return w.site.Pages(shared)
	case w.cfg.Fleet.Cache.Values != InProcess:
		return shared
	}
	return NewProcess(w.cfg.Fleet.Cache, shared, w.clock.Now, w.env.Rand(fmt.Sprintf("process/%d", i)), &w.processes)
}

// sharing is a client of a named cache that is no box's.
type sharing struct {
	name   int
	client *CacheClient
}

// Cache returns a new client of a named cache, for what serves the whole fleet. It
// has the newest release from its beginning on.
func (w *World) Cache(name int) (Cache, error) {
	c, err := w.Tier.of(w.releases.caches[name]).Client(w.prefixes(w.releases.Newest())[name])
	if err != nil {
		return nil, err
	}
	w.shared = append(w.shared, sharing{name, c})
	if w.site != nil {
		return w.site.Pages(c), nil
	}
	return c, nil
}
