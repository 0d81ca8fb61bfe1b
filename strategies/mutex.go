package strategies

import (
	"cmp"
	"time"
)

// MutexConfig configures [Mutex]. Zero fields get their defaults.
type MutexConfig struct {
	Fresh time.Duration `yaml:"fresh" default:"0s" min:"0s" gone:"keep_stale: ttl now includes it: write fresh: <ttl> and ttl: <ttl+keep_stale>; for failed loads alone, stale_if_error: <keep_stale>" doc:"age at which a value is computed anew; an older one is served by then: stale only; 0 is the whole ttl"`
	TTL   time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"age at which a value is no longer served"`

	Locking `yaml:",inline"`
	Losers  LoserMode     `yaml:"losers" default:"wait" file:"fail" enum:"fail,wait,queue" doc:"what a request does when another holds the lock: fail at once, wait for the value, or queue for the lock without a limit"`
	Wait    time.Duration `yaml:"wait" default:"30s" file:"2s" min:"1us" with:"losers: wait" doc:"longest wait, with losers: wait"`
	Then    GiveUpMode    `yaml:"then" default:"fail" enum:"fail,stale,load" with:"losers: wait" doc:"what a request does when its wait is over, with losers: wait: fail, take a value between fresh and ttl, or compute too"`
	Poll    time.Duration `yaml:"poll" default:"100ms" min:"1us" doc:"time between two looks of a request that waits or queues; an average for one that waits"`

	Sharing      `yaml:",inline"`
	Writes       `yaml:",inline"`
	AgeCounting  `yaml:",inline"`
	CacheFailure `yaml:",inline"`
	LoadFailure  `yaml:",inline"`

	Runtime Runtime `yaml:"-"`
}

func (c *MutexConfig) check() error {
	return cmp.Or(
		refuse(c.Then == ThenStale && c.fresh() == c.TTL, "then", "is stale, but no value is stale before its ttl: set fresh to less"),
		checkFresh(c.Fresh, c.TTL),
		checkExpire(c.OnWrite, c.Then == ThenStale || c.StaleIfError > 0, "set then: stale or stale_if_error"),
		c.LoadFailure.check(),
	)
}

func (c *MutexConfig) fresh() time.Duration { return cmp.Or(c.Fresh, c.TTL) }

// Mutex lets one caller of the fleet compute a missing value under a lock that
// expires, in the manner of redis-py: SET NX PX with a token, compare-and-delete.
// The losers of the race fail at once with [ErrColdCache], wait for the
// value up to a limit, or queue for the lock without one.
//
// An owner that crashes blocks its key until its lock expires. A load that
// takes longer than the lock lives may run twice; what it computed is stored
// all the same, through [NewerSetter] where the store has it. With extend, the
// lock lives as long as its owner.
//
// The design is the third version of "Caching and Scaling for web frameworks,
// Part II", without the mistakes of its code. With losers: queue it
// is django-function-caching 0.2, the fifth version: its ttl is freshness_timeout,
// because an older value is returned only where a lock was lost.
type Mutex struct{ guard }

// NewMutex makes a Mutex of one box. The error is a [*ConfigError].
func NewMutex(store Store, locker Locker, loader Loader, cfg MutexConfig) (*Mutex, error) {
	err := cmp.Or(present("store", store), present("locker", locker), present("loader", loader), Settle(&cfg, &cfg.Runtime), cfg.check())
	if err != nil {
		return nil, err
	}
	m := new(Mutex)
	err = m.init(store, locker, loader, cfg.Runtime, guardConfig{
		fresh: cfg.fresh(), enough: cfg.fresh(), ttl: cfg.TTL,
		Sharing: cfg.Sharing, Locking: cfg.Locking, Writes: cfg.Writes, AgeCounting: cfg.AgeCounting, LoadFailure: cfg.LoadFailure,
		losers: cfg.Losers, wait: cfg.Wait, poll: cfg.Poll, then: cfg.Then, fail: cfg.OnCacheError == FailOnCacheError,
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}
