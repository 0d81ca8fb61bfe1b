package redis

import (
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

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
// The address is host:port. Change what you like before making the client.
func Options(addr string) *redis.Options {
	return &redis.Options{
		Addr:                  addr,
		MaxRetries:            -1,
		DialerRetries:         1,
		ContextTimeoutEnabled: true,
		DialTimeout:           time.Second,
		ReadTimeout:           time.Second,
		WriteTimeout:          time.Second,
		PoolTimeout:           time.Second,
		DisableIdentity:       true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	}
}
