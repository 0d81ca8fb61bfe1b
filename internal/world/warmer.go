package world

import "time"

// Words of [WarmerConfig].Schedule.
const (
	WarmerCron = "cron"
	WarmerLock = "lock"
	WarmerLoop = "loop"
)

// WarmerConfig is a job outside the boxes that computes values ahead of their
// readers, again and again.
type WarmerConfig struct {
	Class string        `yaml:"class" required:"true" doc:"the class whose keys it computes, into the cache of that class"`
	Keys  int           `yaml:"keys" required:"true" min:"1" doc:"how many of them, the most popular first"`
	Every time.Duration `yaml:"every" required:"true" min:"1ms" doc:"time between two runs; each computes every key, cached or not"`
	From  time.Duration `yaml:"from" default:"0s" min:"0s" doc:"when the first run begins"`

	Schedule string  `yaml:"schedule" default:"cron" enum:"cron,lock,loop" doc:"cron: from start to start, runs may overlap; lock: the same, but none starts while one is running; loop: from the end to the next start"`
	AtOnce   int     `yaml:"at_once" default:"1" min:"1" max:"10000" doc:"keys that a run computes at once"`
	Rate     float64 `yaml:"rate" default:"0" unit:"/s" min:"0" max:"1000000/s" doc:"keys that a run starts per second at most; 0 is no limit"`
}

// Next is when the first run begins of a warmer that is started at an instant: at
// once if it is a loop, else when the clock says so.
func (c WarmerConfig) Next(at time.Duration) time.Duration {
	switch {
	case at <= c.From:
		return c.From
	case c.Schedule == WarmerLoop:
		return at
	}
	return c.From + (at-c.From+c.Every-1)/c.Every*c.Every
}
