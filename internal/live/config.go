package live

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// Origin computes values and commits writes.
type Origin interface {
	strategies.Loader
	Write(ctx context.Context, key string) (version uint64, err error)
	Superseded(key string, version uint64) (time.Time, bool)
}

// Config is what a live world is made of besides the scenario.
type Config struct {
	// Tier is the cache, started before and stopped after the run by the caller.
	Tier *Tier

	// Origin makes the origin of one run; nil means the modelled one, on the
	// wall clock.
	Origin func(observer origin.Observer) (Origin, error)

	// Took, if not nil, hears how long every load took since the traffic began,
	// from any goroutine.
	Took func(time.Duration)

	// Probed, if not nil, hears how long a request for a box's health took, many
	// times while the traffic goes on: the network and HTTP, and nothing else.
	Probed func(time.Duration)

	// LateAfter is how far behind its schedule a request counts as late.
	LateAfter time.Duration

	// Progress hears of every request that ended, one at a time.
	Progress func(*metrics.Record)

	// Dir is where the file caches of the boxes are made, each run in a directory of its
	// own; empty means the system's directory for temporary files. Disk, if not nil,
	// hears what they took.
	Dir  string
	Disk func(DiskTimes)

	// Generator is the command of a process that runs [Generate] and sends the
	// requests; empty means that this process does.
	Generator []string
}
