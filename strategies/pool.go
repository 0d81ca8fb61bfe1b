package strategies

import (
	"cmp"
	"sync"
	"time"
)

// PoolConfig configures [Pool]. Zero fields get their defaults, which are those of
// MediaWiki's ArticleView where it has one.
type PoolConfig struct {
	Fresh time.Duration `yaml:"fresh" default:"0s" min:"0s" gone:"keep_stale: ttl now includes it: write fresh: <ttl> and ttl: <ttl+keep_stale>; for failed loads alone, stale_if_error: <keep_stale>" doc:"age at which a value is computed anew, or served as stale; 0 is the whole ttl"`
	TTL   time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"age at which a value is no longer served"`

	Slots int           `yaml:"slots" default:"2" min:"1" max:"64" doc:"how many loads of one key the fleet runs at once; each slot is a lock in the shared cache, and a request tries them in turn"`
	Queue *int          `yaml:"queue" default:"100" min:"0" doc:"how many requests of one box may wait for one key; 0 is none"`
	Wait  time.Duration `yaml:"wait" default:"15s" min:"1us" doc:"longest wait of such a request"`
	Poll  time.Duration `yaml:"poll" default:"100ms" min:"1us" doc:"average time between two looks at the value and the slots"`
	Stale StaleMode     `yaml:"stale" default:"fast" enum:"fast,late,none" doc:"when a request without a slot takes a stale value: at once, after it waited in vain or where it may not wait, or never"`

	Locking      `yaml:",inline"`
	Sharing      `yaml:",inline"`
	Writes       `yaml:",inline"`
	AgeCounting  `yaml:",inline"`
	CacheFailure `yaml:",inline"`
	LoadFailure  `yaml:",inline"`

	Runtime Runtime `yaml:"-"`
}

// StaleMode is a word of the setting stale of a [Pool].
type StaleMode string

// When a request that gets no slot is answered with a stale value.
const (
	StaleFast StaleMode = "fast" // at once
	StaleLate StaleMode = "late" // when it has waited in vain, or may not wait
	StaleNone StaleMode = "none" // never
)

func (c *PoolConfig) check() error {
	return cmp.Or(
		checkFresh(c.Fresh, c.TTL),
		checkExpire(c.OnWrite, c.Stale != StaleNone || c.StaleIfError > 0, "set stale to fast or late"),
		c.LoadFailure.check(),
	)
}

func (c *PoolConfig) fresh() time.Duration { return cmp.Or(c.Fresh, c.TTL) }

// Pool lets a few callers of the fleet compute a key at once, and a few more wait
// for them. It is the PoolCounter of MediaWiki. Wikipedia got it after its readers
// had parsed one article thousands of times at once, on 25 June 2009: two workers
// compute an article, a hundred wait, and after fifteen seconds they get the stale page.
//
// A request that finds no slot gets a stale value at once, where there is one and
// the configuration says so. Otherwise it waits if it may, and looks for the value and
// for a slot every so often. When its time is over, or too many wait already, it
// gets the stale value, or fails.
//
// With one slot, nobody waiting and nothing stale it is [Mutex] as it is by
// default; with one slot and a long queue it coalesces the loads of the whole fleet.
//
// PoolCounter is a daemon that knows who waits and wakes them. Here the slots are
// locks of the shared cache, and each box counts those of its requests that wait.
type Pool struct{ guard }

// NewPool makes a Pool of one box. The error is a [*ConfigError].
func NewPool(store Store, locker Locker, loader Loader, cfg PoolConfig) (*Pool, error) {
	err := cmp.Or(present("store", store), present("locker", locker), present("loader", loader), Settle(&cfg, &cfg.Runtime), cfg.check())
	if err != nil {
		return nil, err
	}
	p, then := new(Pool), ThenStale
	if cfg.Stale == StaleNone {
		then = ThenFail
	}
	err = p.init(store, locker, loader, cfg.Runtime, guardConfig{
		fresh: cfg.fresh(), enough: cfg.fresh(), ttl: cfg.TTL,
		Sharing: cfg.Sharing, Locking: cfg.Locking, Writes: cfg.Writes, AgeCounting: cfg.AgeCounting, LoadFailure: cfg.LoadFailure,
		slots: cfg.Slots, queue: newPlaces(*cfg.Queue), fast: cfg.Stale == StaleFast,
		losers: LosersWait, wait: cfg.Wait, poll: cfg.Poll, then: then, fail: cfg.OnCacheError == FailOnCacheError,
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// places are where the requests of one box wait for a key. Nil ones never run out.
type places struct {
	most int // of one key

	mu    sync.Mutex
	taken map[string]int
}

func newPlaces(most int) *places { return &places{most: most, taken: make(map[string]int)} }

// takePlace reports whether there is a place left, and takes it.
func (p *places) takePlace(key string) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[key] >= p.most {
		return false
	}
	p.taken[key]++
	return true
}

func (p *places) leavePlace(key string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[key]--; p.taken[key] == 0 {
		delete(p.taken, key)
	}
}
