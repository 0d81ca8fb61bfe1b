package live

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
)

// OpenTier starts the cache of the given kind, or connects to one that the user
// runs: redis://host:port/db, rediss:// with TLS, several hosts separated by
// commas for a Redis Cluster; or memcached://host:port,host:port, whose nodes
// stand on the scenario's ring by these names. User and password come from the address or from
// REDIS_USERNAME and REDIS_PASSWORD, and are in no message. REDIS_CA_CERT names a
// file with the authorities that a certificate has to come from; without it they
// are the system's.
func OpenTier(ctx context.Context, kind string, cfg world.CacheConfig, workers int, dir string) (*Tier, error) {
	if err := suits(kind, cfg); err != nil {
		return nil, err
	}
	scheme, _, address := strings.Cut(kind, "://")
	switch {
	case !address:
		return StartTier(ctx, kind, cfg, workers, dir)
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

// mortal is a store in a cache of the user's, where nothing of a run stays for ever: it
// is never flushed, and a run may be killed.
type mortal struct{ store }

// leftover is how long what has no ttl is kept, which is longer than a run.
const leftover = 24 * time.Hour

func (m mortal) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return m.store.Set(ctx, key, e, cmp.Or(ttl, leftover))
}

func (m mortal) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return m.store.SetNewer(ctx, key, e, cmp.Or(ttl, leftover))
}

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
