package strategies

import (
	"cmp"
	"context"
	"sync"
)

// Pool lets a few callers of the fleet compute a key at once, and a few more wait
// for them. It is the PoolCounter of MediaWiki, which Wikipedia got after readers
// had parsed one article thousands of times at once, on 25 June 2009: two workers
// an article, a hundred that wait, fifteen seconds, and then the stale page.
//
// Who finds no slot is answered with a stale value at once, where there is one and
// it is so configured. Otherwise he waits if he may, and looks for the value and
// for a slot every so often; when his time is over, or too many wait already, he
// gets the stale value, or fails.
//
// With one slot, nobody waiting and nothing stale it is [Mutex] as it is by
// default; with one slot and a long queue it is a coalescing of the whole fleet.
//
// PoolCounter is a daemon that knows who waits and wakes them. Here the slots are
// locks of the shared cache, and who waits is counted in each box.
type Pool struct {
	guard
	serveFast bool
	waiting   *places
}

var (
	_ Strategy      = (*Pool)(nil)
	_ Invalidator   = (*Pool)(nil)
	_ StatsReporter = (*Pool)(nil)
)

// NewPool makes a Pool of one box. The error is a [*ConfigError].
func NewPool(store Store, locker Locker, loader Loader, cfg PoolConfig) (*Pool, error) {
	cfg.setDefaults()
	err := cmp.Or(present("store", store), present("locker", locker), present("loader", loader), cfg.validate())
	if err != nil {
		return nil, err
	}
	extender, err := extenderOf(locker, cfg.Extend)
	if err != nil {
		return nil, err
	}
	s := newSlots(locker, extender, cfg.Slots)
	if extender != nil {
		extender = s
	}
	then := thenStale
	if cfg.Stale == staleNone {
		then = thenFail
	}
	p := &Pool{
		guard: guard{
			aside: aside{
				store: store, loader: loader, clock: cfg.Runtime.Clock, failed: cfg.Runtime.Failed,
				kept: cfg.TTL + cfg.KeepStale, delete: cfg.OnWrite == deleteKey, expire: cfg.OnWrite == expireKey,
				onError: newOnError(onErrorConfig{cfg.OnLoadError, cfg.TTL + cfg.KeepStale, cfg.Backoff, cfg.BackoffMax, cfg.Timeout}),
			},
			dice:   dice{rand: cfg.Runtime.Rand},
			locker: s,
			cfg: guardConfig{
				fresh: cfg.TTL, ttl: cfg.TTL, lock: cfg.Lock, extender: extender,
				waits: true, wait: cfg.Wait, poll: cfg.Poll, then: then,
				stale: cfg.TTL + cfg.KeepStale, fail: cfg.OnCacheError == failWith,
			},
		},
		serveFast: cfg.Stale == staleFast,
		waiting:   newPlaces(*cfg.Queue),
	}
	p.newer, _ = store.(NewerSetter)
	return p, nil
}

// Get answers from the cache, or computes if fewer do than may.
func (p *Pool) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := p.store.Get(ctx, key)
	switch {
	case ok && fresh(&e, p.clock.Now(), p.cfg.ttl):
		return served(&e, FreshHit), nil
	case err != nil:
		if err = p.storeFailed(ctx, "get", key, err); p.cfg.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	return p.fill(ctx, key, e, ok)
}

// fill answers a request that found no fresh value; old is what it found, if
// anything.
func (p *Pool) fill(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	if p.onError == nil {
		return p.enter(ctx, key, old, found)
	}
	return p.attempt(ctx, key, old, found, func(ctx context.Context) (Result, error) { return p.enter(ctx, key, old, found) })
}

// enter computes the value if there is a slot, and does as a loser does otherwise.
func (p *Pool) enter(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	token := p.dice.token()
	got, err := p.take(ctx, key, token)
	switch {
	case err != nil:
		return p.past(ctx, key, err)
	case got:
		return p.compute(ctx, key, token, false)
	case p.serveFast && found && youngerThan(&old, p.clock.Now(), p.cfg.stale):
		return served(&old, StaleHit), nil
	case !p.waiting.take(key):
		return p.giveUp(ctx, key, old, found)
	}
	defer p.waiting.leave(key)
	return p.await(ctx, key, token, old, found)
}

// places are where the requests of one box wait for a key.
type places struct {
	most int // of one key

	mu    sync.Mutex
	taken map[string]int
}

func newPlaces(most int) *places { return &places{most: most, taken: make(map[string]int)} }

// take reports whether there is a place left, and takes it.
func (p *places) take(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.taken[key]
	if n >= p.most {
		return false
	}
	p.taken[key] = n + 1
	return true
}

func (p *places) leave(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[key]--; p.taken[key] == 0 {
		delete(p.taken, key)
	}
}
