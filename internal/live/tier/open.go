package tier

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/tier"
)

// Open starts the cache of the given kind, or connects to one that the user
// runs: redis://host:port/db, rediss:// with TLS, several hosts separated by
// commas for a Redis Cluster; or memcached://host:port,host:port, whose nodes
// stand on the scenario's ring by these names. User and password come from the address or from
// REDIS_USERNAME and REDIS_PASSWORD, and are in no message. REDIS_CA_CERT names a
// file with the authorities that a certificate has to come from; without it they
// are the system's.
func Open(ctx context.Context, kind string, cfg model.Config, workers int, dir string) (*Tier, error) {
	if err := suits(kind, cfg); err != nil {
		return nil, err
	}
	scheme, _, address := strings.Cut(kind, "://")
	switch {
	case !address:
		return Start(ctx, kind, cfg, workers, dir)
	case scheme == "memcached":
		return userMemcached(ctx, kind, cfg, workers)
	case scheme == "redis", scheme == "rediss":
		return userRedis(ctx, kind, cfg, workers)
	}
	return nil, fmt.Errorf("a cache address begins with redis://, rediss:// or memcached://, not %s://", scheme)
}

// ownPrefix begins the keys of a tier in a cache that is never flushed. No other
// run has it, nor had it: a number of this process might come again.
func ownPrefix() string { return "herdlab:" + rand.Text() + ":" }

// splitHosts reads an address of one or several hosts; the URL is that of the first.
// The error may have a password in it.
func splitHosts(address string) (u *url.URL, hosts []string, err error) {
	scheme, rest, _ := strings.Cut(address, "://")
	login := rest[:strings.LastIndexByte(rest, '@')+1]
	rest = rest[len(login):]
	end := strings.IndexAny(rest+"/", "/?#")
	hosts = strings.Split(rest[:end], ",")
	u, err = url.Parse(scheme + "://" + login + hosts[0] + rest[end:])
	return u, hosts, err
}

// oneLine is an error for a sentence, whatever a server has written into it.
func oneLine(err error) string {
	words := strings.FieldsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) })
	return fmt.Sprintf("%.200s", strings.Join(words, " "))
}

// Suits says why a fleet cannot be run on a cache of a kind, or at an address, that
// [Open] takes; nil where it can. It starts nothing and asks nobody.
func Suits(kind string, fleet world.FleetConfig, faults []fault.Fault) error {
	return cmp.Or(suitsFront(kind, fleet, faults), suits(kind, fleet.Cache))
}

// SuitsFront says why a front cannot look for pages in this cache.
func (t *Tier) SuitsFront(fleet world.FleetConfig, faults []fault.Fault) error {
	return suitsFront(t.kind, fleet, faults)
}

// suitsFront says why there can be no front.
func suitsFront(kind string, fleet world.FleetConfig, faults []fault.Fault) error {
	switch {
	case fleet.Front == nil, fleet.Front.HTTPCache():
		return nil
	case kind != "memcached":
		return errors.New("fleet.front: nginx looks for pages in memcached: run it with --cache memcached")
	}
	if fault.CutsNode(faults) {
		return errors.New("fleet.front: the network between nginx and memcached cannot be cut: run it with how: crash, or in the simulator")
	}
	return nil
}

// leastReal is the least memory for values, in bytes, that a real server can be told to
// have: it needs some for itself, by what it is doing, and it takes that of its values'.
// (With 20,000 bytes a Redis refuses every other set under 100 requests a second.)
const leastReal = 256 << 10

// suits says what a cache has not.
func suits(kind string, cfg model.Config) error {
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
	case ours && kind != "embedded" && cfg.Memory > 0 && cfg.Memory < leastReal:
		return fmt.Errorf("fleet.cache.memory: of %d bytes the buffers of a connection are a good part in a real %s: write %d or more, or run it with --cache embedded", cfg.Memory, kind, leastReal)
	case cfg.MaxItem > 0 && scheme != "memcached":
		return fmt.Errorf("fleet.cache.max_item is a limit of memcached's, which %s has not: run it with --cache memcached", scheme)
	case cfg.MaxItem > 0 && ours && cfg.MaxItem%engine.LeastItem != 0:
		return fmt.Errorf("fleet.cache.max_item: %d bytes are no multiple of %d, and with another limit no memcached starts (its option -I)", cfg.MaxItem, engine.LeastItem)
	case cfg.MaxItem > 0 && ours && cfg.MaxItem > engine.LargestItem(cfg.Memory):
		return fmt.Errorf("fleet.cache.max_item: memcached does not start with a limit above half of its memory, or a gibibyte, which is %d bytes here: write that or less", engine.LargestItem(cfg.Memory))
	}
	return nil
}
