package redis

import (
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
)

// fault names an error of go-redis or of the server.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, redis.ErrPoolExhausted):
		return fmt.Errorf("%w: %w", stores.ErrNoAnswer, err)
	case errors.Is(err, redis.ErrClosed):
		return fmt.Errorf("%w: %w", stores.ErrRefused, err)
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		return fmt.Errorf("%w: %w", strategies.ErrForeign, err)
	case redis.IsOOMError(err):
		return fmt.Errorf("%w: %w", stores.ErrFull, err)
	}
	return stores.Fault(err)
}

// done is the answer of a command that can only say OK.
func done(answer string, err error) (string, error) {
	if err == nil && answer != "OK" {
		err = fmt.Errorf("%w: SET was answered by %.40q", stores.ErrGarbled, answer)
	}
	return answer, fault(err)
}
