package live

import (
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
)

// sharing is a client of a named cache that is no box's.
type sharing struct {
	name   int
	client *cacheClient
}

// Cache returns a new client of a named cache, for what serves the whole fleet. It
// has the newest release from its beginning on.
func (w *World) Cache(name int) (world.Cache, error) {
	c, err := w.cfg.Tier.of(w.sc.Named()[name]).client(-1, w.releases.Prefixes(w.releases.Newest())[name])
	if err != nil {
		return nil, err
	}
	w.shared = append(w.shared, sharing{name, c})
	if w.front != nil {
		return w.front.site.Pages(c), nil
	}
	return c, nil
}

// Install gives every box a strategy, made by build now and whenever the box
// restarts.
func (w *World) Install(build world.Build) error {
	w.build = build
	for i := range w.boxes {
		if err := w.install(i); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) install(i int) error {
	w.installing.Lock()
	defer w.installing.Unlock()
	release := w.releases.Of(i)
	line := origin.NewLifeline(w.rows(), w.write)
	p := world.Program{Write: line.Write, Session: w.sessions.Value, Release: release.Number, Releases: w.releases}
	var kills []func()
	for name, prefix := range w.releases.Prefixes(release) {
		cache, err := w.cfg.Tier.of(w.sc.Named()[name]).client(i, prefix)
		if err != nil {
			return err
		}
		private := w.private(i, prefix, cache)
		s, err := w.build(i, name, private, w.rendered(line))
		if err != nil {
			return err
		}
		if err := w.canWrite(s); err != nil {
			return err
		}
		kills, p.Caches, p.Strategies = append(kills, cache.kill), append(p.Caches, private), append(p.Strategies, s)
		if d, ok := private.(*diskClient); ok {
			kills = append(kills, d.kill)
		}
	}
	p.Kill = func() {
		line.Cut() // first: a strategy whose cache fails turns to the origin
		for _, kill := range kills {
			kill()
		}
	}
	w.boxes[i].box.Install(p)
	return nil
}

// private is what the program of box i has for a cache.
func (w *World) private(i int, prefix string, shared *cacheClient) world.Cache {
	switch {
	case w.disks.of != nil:
		return w.disks.of[i].client(shared, prefix)
	case w.front != nil:
		return w.front.site.Pages(shared)
	case w.sc.Fleet.Cache.Values != world.InProcess:
		return shared
	}
	return world.NewProcess(w.sc.Fleet.Cache, shared, time.Now, w.parts.Rand(fmt.Sprintf("process/%d", i)), &w.processes)
}
