package live

import (
	"context"
	"fmt"

	"github.com/herdlab/herdlab/internal/live/engine"
)

// startOwn starts the nodes of the named caches that have their own.
func (t *Tier) startOwn(ctx context.Context, kind, dir string) error {
	for _, o := range t.cfg.Own {
		own, err := StartTier(ctx, kind, t.cfg.Apart(o), t.workers, dir)
		if err != nil {
			return fmt.Errorf("the nodes of cache %s: %w", o.Cache, err)
		}
		t.own = append(t.own, own)
	}
	return nil
}

// of is where a named cache is: this tier, or one of its own.
func (t *Tier) of(name string) *Tier {
	for i, o := range t.cfg.Own {
		if o.Cache == name {
			return t.own[i]
		}
	}
	return t
}

// all are the nodes of this tier and of those apart, as faults count them, and the
// links to them.
func (t *Tier) all() (nodes []*engine.Node, links []*link) {
	nodes, links = append(nodes, t.nodes...), append(links, t.links...)
	for _, o := range t.own {
		nodes, links = append(nodes, o.nodes...), append(links, o.links...)
	}
	return nodes, links
}
