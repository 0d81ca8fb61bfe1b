package strategies

import (
	"cmp"
	"fmt"
	"time"
)

// TwoLevelConfig configures [TwoLevel]. Zero fields get their defaults.
type TwoLevelConfig struct {
	TTL      time.Duration `yaml:"ttl" default:"1s" min:"1us" doc:"how long a box serves its own copy; it adds to the age that the strategy beneath allows"`
	Entries  int           `yaml:"entries" default:"10000" min:"1" doc:"copies in one box; the one unused for longest makes room"`
	Tick     time.Duration `yaml:"tick" default:"0s" min:"0s" doc:"a clock that ticks so often ends the copies, as memcached's does once a second: what is to live for one tick lives for anything up to it, and copies of all boxes end together; 0 is exact"`
	Jitter   float64       `yaml:"jitter" default:"0" unit:"share" min:"0" max:"0.9" doc:"every copy gets a ttl of its own, up to this share shorter or longer; with tick, of whole ticks"`
	Coalesce *bool         `yaml:"coalesce" default:"true" doc:"concurrent misses of a key in one box share one read of the strategy beneath"`

	KeepErrors time.Duration `yaml:"keep_errors" default:"0s" min:"0s" doc:"how long a box answers with a failed load again, and asks nobody; 0 is not at all"`

	Runtime Runtime `yaml:"-"`
}

func (c *TwoLevelConfig) setDefaults() {
	c.TTL = cmp.Or(c.TTL, time.Second)
	c.Entries = cmp.Or(c.Entries, 10000)
	if c.Coalesce == nil {
		c.Coalesce = new(true)
	}
	c.Runtime = c.Runtime.orDefault()
}

func (c *TwoLevelConfig) validate() error {
	if c.Entries < 1 {
		return &ConfigError{Field: "entries", Msg: fmt.Sprintf("is %d: write one or more", c.Entries)}
	}
	return cmp.Or(positive("ttl", c.TTL), notNegative("tick", c.Tick), c.tickInside(), spreadable("jitter", c.Jitter), notNegative("keep_errors", c.KeepErrors))
}

// tickInside refuses a clock on which the ttl cannot be told from a longer one.
func (c *TwoLevelConfig) tickInside() error {
	if c.Tick <= c.TTL {
		return nil
	}
	return &ConfigError{Field: "tick", Msg: fmt.Sprintf("is %v, in which the ttl of %v cannot be counted: write a tick of at most the ttl", c.Tick, c.TTL)}
}
