package strategies

import (
	"cmp"
	"fmt"
	"time"
)

// PoolConfig configures [Pool]. Zero fields get their defaults, which are those of
// MediaWiki's ArticleView where it has one.
type PoolConfig struct {
	TTL       time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"how long a value is served as fresh"`
	KeepStale time.Duration `yaml:"keep_stale" default:"0s" min:"0s" doc:"how long past its ttl a value is kept, to be served as stale"`

	Slots int           `yaml:"slots" default:"2" min:"1" max:"64" doc:"how many of the fleet compute one key at once; each is a lock in the shared cache, and a request tries them one after the other"`
	Queue *int          `yaml:"queue" default:"100" min:"0" doc:"requests of one box that may wait for one key; 0 is none"`
	Wait  time.Duration `yaml:"wait" default:"15s" min:"1us" doc:"how long they wait at most"`
	Poll  time.Duration `yaml:"poll" default:"100ms" min:"1us" doc:"time between two looks at the value and the slots, on average"`
	Stale string        `yaml:"stale" default:"fast" enum:"fast,late,none" doc:"when a request that gets no slot is answered with a stale value: at once, when it has waited in vain or may not wait, or never"`

	Lock   time.Duration `yaml:"lock" default:"60s" min:"1ms" doc:"life of a slot's lock: how long a crashed owner holds it"`
	Extend bool          `yaml:"extend" default:"false" doc:"prolong the lock while its owner computes"`

	OnWrite      string `yaml:"on_write" default:"delete" enum:"delete,expire,none" doc:"what a write does to the cached value: delete it, make it stale, or leave it until its ttl"`
	OnCacheError string `yaml:"on_cache_error" default:"load" enum:"load,fail" doc:"what a read does when the cache or the lock fails: compute all the same, or fail"`

	OnLoadError string        `yaml:"on_load_error" default:"fail" enum:"fail,delete,stale" doc:"what a load that fails does beside failing its request: nothing, delete the cached value, or have an old value served in its place"`
	Backoff     time.Duration `yaml:"backoff" default:"0s" min:"0s" doc:"pause of a box after a failed load of a key, in which it does not ask for that key, doubled by every further failure; 0 is none"`
	BackoffMax  time.Duration `yaml:"backoff_max" default:"1m" min:"1us" doc:"longest such pause"`
	Timeout     time.Duration `yaml:"timeout" default:"0s" min:"0s" doc:"how long a request waits for the load, its own or another's; its own goes on and stores its value; 0 is to the end"`

	Runtime Runtime `yaml:"-"`
}

const (
	staleFast = "fast"
	staleLate = "late"
	staleNone = "none"

	mostSlots = 64
)

func (c *PoolConfig) setDefaults() {
	c.TTL = cmp.Or(c.TTL, 5*time.Minute)
	c.Slots = cmp.Or(c.Slots, 2)
	if c.Queue == nil {
		c.Queue = new(100)
	}
	c.Wait = cmp.Or(c.Wait, 15*time.Second)
	c.Poll = cmp.Or(c.Poll, 100*time.Millisecond)
	c.Stale = cmp.Or(c.Stale, staleFast)
	c.Lock = cmp.Or(c.Lock, time.Minute)
	c.OnWrite = cmp.Or(c.OnWrite, deleteKey)
	c.OnCacheError = cmp.Or(c.OnCacheError, loadPast)
	c.OnLoadError = cmp.Or(c.OnLoadError, failWith)
	c.BackoffMax = cmp.Or(c.BackoffMax, time.Minute)
	c.Runtime = c.Runtime.orDefault()
}

func (c *PoolConfig) validate() error {
	return cmp.Or(
		positive("ttl", c.TTL),
		notNegative("keep_stale", c.KeepStale),
		c.slotsInRange(),
		notNegative("queue", *c.Queue),
		positive("wait", c.Wait),
		positive("poll", c.Poll),
		oneOf("stale", c.Stale, staleFast, staleLate, staleNone),
		positive("lock", c.Lock),
		oneOf("on_write", c.OnWrite, deleteKey, expireKey, leaveStored),
		expirable(c.OnWrite, c.Stale != staleNone || c.OnLoadError == serveStale, "set stale to fast or late"),
		oneOf("on_cache_error", c.OnCacheError, loadPast, failWith),
		checkOnError(c.OnLoadError, c.KeepStale, c.Backoff, c.BackoffMax, c.Timeout),
	)
}

func (c *PoolConfig) slotsInRange() error {
	if c.Slots >= 1 && c.Slots <= mostSlots {
		return nil
	}
	return &ConfigError{Field: "slots", Msg: fmt.Sprintf("is %d: write 1 to %d", c.Slots, mostSlots)}
}
