package live

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"herdlab/internal/cluster"
)

// OpenTier starts the cache of the given kind, or connects to one that the user
// runs: redis://host:port/db, rediss:// with TLS, several hosts separated by
// commas for a Redis Cluster; or memcached://host:port,host:port, whose nodes
// stand on the scenario's ring by these names. User and password come from the address or from
// REDIS_USERNAME and REDIS_PASSWORD, and are in no message.
func OpenTier(ctx context.Context, kind string, cfg cluster.CacheConfig, workers int, dir string) (*Tier, error) {
	if !strings.Contains(kind, "://") {
		return StartTier(ctx, kind, cfg, workers, dir)
	}
	if hosts, ok := strings.CutPrefix(kind, "memcached://"); ok {
		return userMemcached(strings.Split(hosts, ","), cfg, workers)
	}
	opt, err := userOptions(kind)
	if err != nil {
		return nil, err
	}
	opt.PoolSize = max(workers, 4)
	client := redis.NewUniversalClient(opt)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := client.Ping(ctx).Err(); err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("the cache at %s does not answer: %w", strings.Join(opt.Addrs, ","), err)
	}
	return UserRedis(client, cfg, fmt.Sprintf("herdlab:%d:", os.Getpid())), nil
}

// userOptions reads an address. Its errors do not repeat it: it may hold a
// password.
func userOptions(address string) (*redis.UniversalOptions, error) {
	scheme, rest, _ := strings.Cut(address, "://")
	if scheme != "redis" && scheme != "rediss" {
		return nil, fmt.Errorf("a cache address begins with redis://, rediss:// or memcached://, not %s://", scheme)
	}
	hosts, first := rest, ""
	login, path := "", ""
	if at := strings.LastIndex(hosts, "@"); at >= 0 {
		login, hosts = hosts[:at+1], hosts[at+1:]
	}
	if slash := strings.IndexByte(hosts, '/'); slash >= 0 {
		hosts, path = hosts[:slash], hosts[slash:]
	}
	addrs := strings.Split(hosts, ",")
	first = addrs[0]
	one, err := redis.ParseURL(scheme + "://" + login + first + path)
	if err != nil {
		return nil, fmt.Errorf("the cache address is not of the form redis://user:password@host:port/db")
	}
	opt := &redis.UniversalOptions{
		Addrs: addrs, DB: one.DB, Username: one.Username, Password: one.Password, TLSConfig: one.TLSConfig,
		MaxRetries: -1, ContextTimeoutEnabled: true, DialerRetries: 1, IsClusterMode: len(addrs) > 1,
	}
	if opt.Username == "" {
		opt.Username = os.Getenv("REDIS_USERNAME")
	}
	if opt.Password == "" {
		opt.Password = os.Getenv("REDIS_PASSWORD")
	}
	return opt, nil
}
