package main

import (
	"context"
	"os"
	"reflect"

	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/world"
)

// caches are what the runs of one scenario are given: the tiers, of which strategies
// may want different ones, and the directories of file caches. A tier is kept for
// every run that wants the same.
type caches struct {
	ctx   context.Context
	kind  string
	tiers []openTier
	dir   string // of a tier of files
	disks string // where the boxes have theirs
}

// openTier is a tier and what it was opened for.
type openTier struct {
	fleet world.FleetConfig // its cache and its workers
	*tier.Tier
}

// diskDir is a directory for the disks of boxes.
func (c *caches) diskDir() (string, error) { return c.disks, makeOnce(&c.disks, "herdlab-boxes-") }

// makeOnce makes a directory where there is none yet.
func makeOnce(dir *string, pattern string) (err error) {
	if *dir == "" {
		*dir, err = os.MkdirTemp("", pattern)
	}
	return err
}

// tier is the cache of a fleet, started when it is first asked for.
func (c *caches) tier(fleet world.FleetConfig) (*tier.Tier, error) {
	for _, t := range c.tiers {
		if t.fleet.Workers == fleet.Workers && reflect.DeepEqual(t.fleet.Cache, fleet.Cache) {
			return t.Tier, nil
		}
	}
	if c.kind == "file" {
		if err := makeOnce(&c.dir, "herdlab-cache-"); err != nil {
			return nil, err
		}
	}
	t, err := tier.Open(c.ctx, c.kind, fleet.Cache, fleet.Workers, c.dir)
	if err == nil {
		c.tiers = append(c.tiers, openTier{fleet, t})
	}
	return t, err
}

func (c *caches) close() {
	for _, t := range c.tiers {
		t.Close()
	}
	for _, dir := range []string{c.dir, c.disks} {
		if dir != "" {
			_ = os.RemoveAll(dir)
		}
	}
}
