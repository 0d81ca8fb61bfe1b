package redis

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// limit is how long a client waits for a connection, for an answer, and for a place in
// its pool.
const limit = time.Second

// Options are settings of go-redis under which a fault of the server is seen as
// what it is, and once:
//
//   - no command and no connection is tried again (go-redis: 3 and 5 times), so
//     that a dead server costs one refusal and a lock is asked for once;
//   - a context's deadline ends a read or write (go-redis: not);
//   - a second to connect, to answer, and to wait for a connection of the pool
//     (go-redis: 5 s, 5 s, 6 s);
//   - a new connection announces neither the library nor an interest in the
//     server's maintenance, which old servers do not know.
//
// go-redis writes what fails to the standard error besides returning it; its
// SetLogger ends that for the whole program.
//
// The address is host:port. Change what you like before making the client. For TLS set
// TLSConfig, or use [URLOptions].
func Options(addr string) *redis.Options {
	o := &redis.Options{Addr: addr}
	strict(o)
	return o
}

// strict gives o the settings of Options.
func strict(o *redis.Options) {
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = limit, limit, limit, limit
	o.DisableIdentity = true
	o.MaintNotificationsConfig = quiet()
}

func quiet() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// URLOptions are Options for an address as redis://user:password@host:6379/0, or rediss://
// for TLS, whose certificate is checked against the host.
func URLOptions(url string) (*redis.Options, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("address of Redis: %w", err)
	}
	strict(o)
	if o.TLSConfig != nil {
		o.TLSConfig.MinVersion = tls.VersionTLS12
	}
	return o, nil
}

// ClusterOptions are those settings for a Redis Cluster, which is found by some of its
// nodes. Commands that a node sends elsewhere, as it does while slots move, are sent
// there, up to three times.
func ClusterOptions(addrs ...string) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs: addrs, MaxRedirects: 3,
		MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true,
		DialTimeout: limit, ReadTimeout: limit, WriteTimeout: limit, PoolTimeout: limit,
		DisableIdentity: true, MaintNotificationsConfig: quiet(),
	}
}

// SentinelOptions are those settings for the primary of that name, which sentinels know.
// After a fail-over the next command goes to the new one; what the old one had
// acknowledged and not passed on is lost, locks with it.
func SentinelOptions(primary string, sentinels ...string) *redis.FailoverOptions {
	return &redis.FailoverOptions{
		MasterName: primary, SentinelAddrs: sentinels,
		MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true,
		DialTimeout: limit, ReadTimeout: limit, WriteTimeout: limit, PoolTimeout: limit,
		DisableIdentity: true,
	}
}

// RingOptions are those settings for servers that know nothing of each other, by name and
// address. A key belongs to a name; the keys of one that is down go to the others until
// it is back, when what they were set to meanwhile is behind: keep ttls short.
func RingOptions(addrs map[string]string) *redis.RingOptions {
	return &redis.RingOptions{
		Addrs:      addrs,
		MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true,
		DialTimeout: limit, ReadTimeout: limit, WriteTimeout: limit, PoolTimeout: limit,
		DisableIdentity: true,
	}
}
