package live

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// Quiet keeps the Redis client from writing to standard error: what fails is in
// the report. It is for main, since the client's logger is the process's.
func Quiet() { redis.SetLogger(silence{}) }

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
