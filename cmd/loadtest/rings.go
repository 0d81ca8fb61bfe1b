package main

import (
	"context"
	"fmt"
	"os"

	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/world"
)

// rings are the caches of one scenario: strategies may differ in theirs.
type rings struct {
	ctx   context.Context
	kind  string
	tiers map[string]*tier.Tier
	dir   string
	disks string // where the boxes have theirs
}

// diskDir is a directory for the disks of boxes.
func (s *rings) diskDir() (dir string, err error) {
	if s.disks == "" {
		s.disks, err = os.MkdirTemp("", "herdlab-boxes-")
	}
	return s.disks, err
}

// tier is the cache of a fleet, started when it is first asked for.
func (s *rings) tier(fleet world.FleetConfig) (*tier.Tier, error) {
	id := fmt.Sprint(fleet.Cache)
	if t := s.tiers[id]; t != nil {
		return t, nil
	}
	if s.kind == "file" && s.dir == "" {
		dir, err := os.MkdirTemp("", "herdlab-cache-")
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	t, err := tier.Open(s.ctx, s.kind, fleet.Cache, fleet.Workers, s.dir)
	if err == nil {
		s.tiers[id] = t
	}
	return t, err
}

func (s *rings) close() {
	for _, t := range s.tiers {
		t.Close()
	}
	for _, dir := range []string{s.dir, s.disks} {
		if dir != "" {
			_ = os.RemoveAll(dir)
		}
	}
}
