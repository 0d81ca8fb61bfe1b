package tier

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// InProcess is the word of [Config].Values for values in a process's memory.
const InProcess = "process"

// ProcessConfig is the memory of one box's process, with the sizes of Django's
// LocMemCache.
type ProcessConfig struct {
	Entries int `yaml:"entries" default:"300" min:"1" doc:"entries in one process; at this number a set makes room first"`
	Cull    int `yaml:"cull" default:"3" min:"0" doc:"to make room, one in this many entries is evicted; 0 is all of them"`
}

// Process is a cache whose values live in the memory of one process, and whose
// locks are in a cache that all share. No other process sees what is stored
// here, and it is gone when the process ends.
//
// It does as Django's LocMemCache does (django/core/cache/backends/locmem.py):
// an expired entry is removed by the read that finds it, and a set that finds
// the memory full gives up a part of it before it looks whether its key is
// there. Django chooses the least recently used since 2.1, and more or less at
// random before. An operation takes no time.
type Process struct {
	strategies.Locker
	strategies.Extender

	now    func() time.Time
	cfg    ProcessConfig
	refuse bool // a full memory gives up nothing
	counts *ProcessCounts

	mu    sync.Mutex
	items *items
}

// ProcessCounts counts what all processes of a world did with their memory.
type ProcessCounts struct{ Hits, Misses, Evictions atomic.Int64 }

var _ strategies.NewerSetter = (*Process)(nil)

// Locks is the shared cache as a process with values of its own uses it.
type Locks interface {
	strategies.Locker
	strategies.Extender
}

// NewProcess returns the empty memory of a process that was just started.
func NewProcess(cfg Config, locks Locks, now func() time.Time, rng *rand.Rand, counts *ProcessCounts) *Process {
	return &Process{
		Locker: locks, Extender: locks, now: now, cfg: cfg.Process, refuse: cfg.Eviction == "none", counts: counts,
		items: newItems(math.MaxInt64, cfg.Eviction, rng),
	}
}

// Get reads one entry, in no time: a dictionary of the process is asked, and no server.
func (p *Process) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	if ctx.Err() != nil {
		return strategies.Entry{}, false, context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	it := p.items.get(keyspace{}, key, p.now().UnixNano())
	if it == nil {
		p.counts.Misses.Add(1)
		return strategies.Entry{}, false, nil
	}
	p.counts.Hits.Add(1)
	return it.entry(), true, nil
}

// Set stores an entry for ttl, or for ever if ttl is zero.
func (p *Process) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	_, err := p.store(ctx, key, e, ttl, false)
	return err
}

// SetNewer stores an entry unless there is one of a later version.
func (p *Process) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return p.store(ctx, key, e, ttl, true)
}

// store is Set and SetNewer. LocMemCache culls before it looks whether the key is
// there, so that an overwrite in a full memory gives up others, too.
func (p *Process) store(ctx context.Context, key string, e strategies.Entry, ttl time.Duration, newer bool) (bool, error) {
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case ttl < 0:
		return false, ErrLifetime
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	old := p.items.get(keyspace{}, key, now.UnixNano())
	if newer && old != nil && old.value.Version > e.Version {
		return false, nil
	}
	if p.items.count >= p.cfg.Entries {
		if p.refuse && old == nil {
			return false, ErrNoMemory
		}
		p.cull()
	}
	var expires int64
	if ttl > 0 {
		expires = now.UnixNano() + int64(ttl)
	}
	return p.items.set(keyspace{}, key, e, now.UnixNano(), expires), nil
}

// cull gives up a part of the entries: all of them where Cull is 0, as Django does.
func (p *Process) cull() {
	n := p.items.count
	switch {
	case p.refuse:
		return
	case p.cfg.Cull > 0:
		n /= p.cfg.Cull
	}
	for range n {
		p.items.evict(0)
	}
	p.counts.Evictions.Add(int64(n))
}

// Delete removes an entry of this process alone. The other boxes' copies live on until
// they expire, which is what makes values in processes stale.
func (p *Process) Delete(ctx context.Context, key string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if it := p.items.find(keyspace{}, key); it != 0 {
		p.items.remove(it)
	}
	return nil
}
