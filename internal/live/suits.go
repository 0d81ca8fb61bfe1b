package live

import (
	"errors"
	"fmt"
	"strings"

	"github.com/herdlab/herdlab/internal/world"
)

// Suits says why a fleet cannot be run on a cache of a kind, or at an address, that
// [OpenTier] takes; nil where it can. It starts nothing and asks nobody.
func Suits(kind string, fleet world.FleetConfig, faults []world.FaultConfig) error {
	if err := suitsFront(kind, fleet, faults); err != nil {
		return err
	}
	return suits(kind, fleet.Cache)
}

// suitsFront says why there can be no front.
func suitsFront(kind string, fleet world.FleetConfig, faults []world.FaultConfig) error {
	switch {
	case fleet.Front == nil:
		return nil
	case kind != "memcached":
		return errors.New("fleet.front: nginx looks for pages in memcached: run it with --cache memcached")
	}
	for _, f := range faults {
		if f.How == "cut" {
			return errors.New("fleet.front: the network between nginx and memcached cannot be cut: run it with how: crash, or in the simulator")
		}
	}
	return nil
}

// suits says what a cache has not.
func suits(kind string, cfg world.CacheConfig) error {
	scheme, _, address := strings.Cut(kind, "://")
	ours := !address && kind != "file" // nodes that are started here
	switch {
	case cfg.Gutter > 0 && !ours:
		return errors.New("fleet.cache.gutter needs nodes that loadtest starts: take --cache embedded, redis or memcached")
	case cfg.OnReturn == "flush" && !ours:
		return errors.New("fleet.cache.on_return: flush needs nodes that loadtest starts, for a cache of yours is never flushed: take --cache embedded, redis or memcached")
	case len(cfg.Own) > 0 && !ours:
		return fmt.Errorf("fleet.cache.own: the nodes of cache %s are for the lab to start: run it with --cache redis or memcached", cfg.Own[0].Cache)
	case cfg.Dialect() != "" && kind != "memcached": // at an address, what lives for ever would stay in it
		return fmt.Errorf("fleet.cache.expiry: %s is about a memcached that the lab starts: run it with --cache memcached", cfg.Expiry)
	case cfg.MaxItem > 0 && scheme != "memcached":
		return fmt.Errorf("fleet.cache.max_item is a limit of memcached's, which %s has not: run it with --cache memcached", scheme)
	}
	return nil
}
