package strategies

import (
	"cmp"
	"fmt"
	"time"
)

// SWRConfig configures [SWR]. Zero fields get their defaults.
type SWRConfig struct {
	Fresh time.Duration `yaml:"fresh" default:"1m" min:"1us" doc:"age from which a value is refreshed"`
	TTL   time.Duration `yaml:"ttl" default:"24h" min:"1us" doc:"age from which a value is not served"`

	Refresh      string        `yaml:"refresh" default:"background" enum:"background,foreground" doc:"whether the request that refreshes is answered at once with the old value, or waits for the new one"`
	MaxRefreshes int           `yaml:"max_refreshes" default:"0" min:"0" doc:"refreshes of one box at once; more are left to later requests; 0 is without limit"`
	Backoff      time.Duration `yaml:"backoff" default:"1s" min:"1us" doc:"pause after a failed refresh of a key, doubled by every further failure"`
	BackoffMax   time.Duration `yaml:"backoff_max" default:"1m" min:"1us" doc:"longest such pause"`

	Cold   string        `yaml:"cold" default:"mutex" enum:"mutex,coalesce" doc:"who computes a value that is not there: one of the fleet, or one of each box"`
	Lock   time.Duration `yaml:"lock" default:"60s" min:"1ms" doc:"life of the lock: how long a crashed owner keeps others from refreshing its key"`
	Losers string        `yaml:"losers" default:"fail" enum:"fail,wait" doc:"cold mutex: what those do who find the lock taken: fail at once, or wait for the value"`
	Wait   time.Duration `yaml:"wait" default:"2s" min:"1us" doc:"cold, and losers wait or coalesce: how long at most"`
	Then   string        `yaml:"then" default:"fail" enum:"fail,load" doc:"what they do at the end of it: fail, or compute too"`
	Poll   time.Duration `yaml:"poll" default:"100ms" min:"1us" doc:"time between two looks at a taken lock, on average"`
	Extend bool          `yaml:"extend" default:"false" doc:"prolong the lock while its owner computes"`

	OnWrite      string `yaml:"on_write" default:"delete" enum:"delete,expire,none" doc:"what a write does to the cached value: delete it, make it stale at once, so that it is served and refreshed, or leave it until it is refreshed"`
	OnCacheError string `yaml:"on_cache_error" default:"load" enum:"load,fail" doc:"what a read does when the cache or the lock fails: compute all the same, or fail"`

	StaleIfError time.Duration `yaml:"stale_if_error" default:"0s" min:"0s" doc:"how long past its ttl a value is served if its load fails, or failed less than a backoff ago"`
	Timeout      time.Duration `yaml:"timeout" default:"0s" min:"0s" doc:"cold: how long a request waits for the load, which goes on and stores its value; 0 is to the end"`

	Runtime Runtime `yaml:"-"`
}

const (
	refreshBehind = "background"
	refreshFirst  = "foreground"
	coldMutex     = "mutex"
	coldCoalesce  = "coalesce"
)

func (c *SWRConfig) setDefaults() {
	c.Fresh = cmp.Or(c.Fresh, time.Minute)
	c.TTL = cmp.Or(c.TTL, 24*time.Hour)
	c.Refresh = cmp.Or(c.Refresh, refreshBehind)
	c.Backoff = cmp.Or(c.Backoff, time.Second)
	c.BackoffMax = cmp.Or(c.BackoffMax, time.Minute)
	c.Cold = cmp.Or(c.Cold, coldMutex)
	c.Lock = cmp.Or(c.Lock, time.Minute)
	c.Losers = cmp.Or(c.Losers, losersFail)
	c.Wait = cmp.Or(c.Wait, 2*time.Second)
	c.Then = cmp.Or(c.Then, thenFail)
	c.Poll = cmp.Or(c.Poll, 100*time.Millisecond)
	c.OnWrite = cmp.Or(c.OnWrite, deleteKey)
	c.OnCacheError = cmp.Or(c.OnCacheError, loadPast)
	c.Runtime = c.Runtime.orDefault()
}

func (c *SWRConfig) validate() error {
	return cmp.Or(
		positive("fresh", c.Fresh),
		positive("ttl", c.TTL),
		c.freshFirst(),
		oneOf("refresh", c.Refresh, refreshBehind, refreshFirst),
		notNegative("max_refreshes", c.MaxRefreshes),
		positive("backoff", c.Backoff),
		positive("backoff_max", c.BackoffMax),
		growing(c.Backoff, c.BackoffMax),
		oneOf("cold", c.Cold, coldMutex, coldCoalesce),
		positive("lock", c.Lock),
		oneOf("losers", c.Losers, losersFail, losersWait),
		positive("wait", c.Wait),
		oneOf("then", c.Then, thenFail, thenLoad),
		positive("poll", c.Poll),
		oneOf("on_write", c.OnWrite, deleteKey, expireKey, leaveStored),
		oneOf("on_cache_error", c.OnCacheError, loadPast, failWith),
		notNegative("stale_if_error", c.StaleIfError),
		notNegative("timeout", c.Timeout),
	)
}

func (c *SWRConfig) freshFirst() error {
	if c.Fresh < c.TTL {
		return nil
	}
	return &ConfigError{Field: "fresh", Msg: fmt.Sprintf("is %v, which leaves no time to be stale in: write less than the ttl, %v", c.Fresh, c.TTL)}
}

// onError is what stale_if_error and timeout ask for.
func (c *SWRConfig) onError() *onError {
	e := onErrorConfig{how: failWith, timeout: c.Timeout}
	if c.StaleIfError > 0 {
		e.how, e.bound, e.backoff, e.backoffMax = serveStale, c.TTL+c.StaleIfError, c.Backoff, c.BackoffMax
	}
	return newOnError(e)
}
