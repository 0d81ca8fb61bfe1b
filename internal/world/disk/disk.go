// Package disk is the modelled file cache on the disk of a box: Django's FileBasedCache
// and its kin, whose cost is not the file that is read or written but the walk over
// all the others before a write ("culling"). What is removed when is what
// strategies/stores/filebased, the real one, removes; a test runs both side by side.
//
// Walking, opening and removing are CPU time of the box, for which its requests
// compete; reading and writing a file take time of their own.
//
// What a write costs depends on the way to cull, and there lies the trap. Published
// and random walk at every write, so that the cost of a write grows with the entries that are
// there, whether or not there is anything to cull; and every so often one write, and
// the request that waits for it, removes a third of the cache at once. Exact makes
// that one write dearer and the others free. Amortised has each write pay for a little
// of it. Manual leaves it to a timer, whose work competes with the requests as well.
//
// What one entry costs (Config.PerObject and the others) differs between file systems
// and machines; loadtest measures it on the one at hand and says what to set.
package disk

import (
	"cmp"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/strategies/stores/filebased/sweep"
)

// Errors of a disk, as a program sees them.
var (
	ErrCut      = errors.New("disk: its box has crashed")
	ErrLifetime = errors.New("disk: an entry lives for zero, which is for ever, or more")
)

// Cores are what the work of a disk competes for with the requests of its box.
type Cores interface {
	// SpendThen uses CPU time, queueing for it, and then takes more without a core.
	SpendThen(ctx context.Context, cost, more time.Duration) error
}

// overhead is what a file has beside its key and value.
const overhead = 48

// Disk is the file cache of one box. Safe for concurrent use: what takes time is done
// without its mutex, so that other programs of the box come in between.
type Disk struct {
	clock clock.Clock
	cfg   Config
	cores Cores // that it walks on; nil is without limit
	size  func(key string) int
	rng   *rand.Rand // of the random way

	mu    sync.Mutex
	files *tree
	sweep sweep.Sweep[byte, fileName] // of the amortised way
	stats Stats
}

// New returns the disk of a box with the entries that are there when a run
// begins. Size is the length of a value that is not known by then; rng chooses what the
// random way removes.
func New(clk clock.Clock, cfg Config, cores Cores, size func(key string) int, rng *rand.Rand) *Disk {
	d := &Disk{clock: clk, cfg: cfg, cores: cores, size: size, rng: rng}
	d.Wipe()
	expires := clk.Now().Add(filledLife).UnixNano()
	for i := range cfg.Entries {
		d.files.put(file{name: md5.Sum([]byte(FilledKey(i))), expires: expires})
	}
	d.stats.EntriesPeak = int64(cfg.Entries)
	return d
}

// FilledKey is the key of the i-th entry that is there before the run.
func FilledKey(i int) string { return fmt.Sprint("filled ", i) }

// Wipe makes the disk a new one: what the old one held is gone, and so is the cull that
// was under way there. The counts go on.
func (d *Disk) Wipe() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files, d.sweep = newTree(d.cfg.Cull == cullExact), sweep.Sweep[byte, fileName]{}
}

// Stats returns the counts so far. The entries of before the run count with the size
// that values have by now, for nobody knew it when they were made.
func (d *Disk) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.stats
	s.Entries = int64(len(d.files.byName))
	filled := int64(overhead + len(FilledKey(0)) + d.size(FilledKey(0)))
	for _, f := range d.files.byName {
		s.Bytes += cmp.Or(f.size, filled)
	}
	return s
}

// Entries is how many there are now, expired ones among them: a file stays until a read
// or a cull finds it.
func (d *Disk) Entries() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.files.byName)
}

// Client returns the disk as a program uses it, with its files under a prefix, as all
// programs of a box share one directory.
func (d *Disk) Client(locks tier.Locks, prefix string) *Client {
	return &Client{Locker: locks, Extender: locks, disk: d, prefix: prefix}
}

// spend uses CPU time of the box, and then takes more without its cores, in one wait:
// two would be twice the events for the same instants.
func (d *Disk) spend(ctx context.Context, cost, more time.Duration) error {
	if d.cores != nil && cost > 0 {
		return d.cores.SpendThen(ctx, cost, more)
	}
	if cost+more == 0 {
		return nil
	}
	return d.clock.Sleep(ctx, cost+more)
}

// get reads a file, and removes it if it has expired. What it returns is what was
// there when it began, as an open file is read to its end whoever replaces it.
func (d *Disk) get(ctx context.Context, name fileName) (strategies.Entry, bool, error) {
	d.mu.Lock()
	d.stats.Gets++
	f := d.files.byName[name]
	switch {
	case f == nil:
		d.mu.Unlock()
		return strategies.Entry{}, false, nil
	case f.expires <= d.clock.Now().UnixNano():
		d.files.remove(f)
		d.mu.Unlock()
		return strategies.Entry{}, false, d.spend(ctx, d.cfg.PerDelete, 0)
	}
	e := f.entry
	d.stats.BytesOut += int64(len(e.Data))
	d.mu.Unlock()
	err := d.clock.Sleep(ctx, d.cfg.Read)
	return e, err == nil, err
}

// set culls in the configured way and writes a file, unless lost says by then that
// the box has crashed. Nothing is locked between its steps, as in the original: two
// writers may both find too many entries, and both cull.
//
//	A: counts 300 of 300, goes on to cull
//	B: counts 300 of 300, goes on to cull
//	A: removes a third
//	B: removes a third of what is left
func (d *Disk) set(ctx context.Context, f file, lost func() bool) error {
	cost, culls := d.look()
	if culls {
		if err := d.spend(ctx, cost, 0); err != nil {
			return err
		}
		cost = d.cull()
	}
	if err := d.spend(ctx, cost, d.cfg.Write); err != nil {
		return err
	}
	if lost() {
		return ErrCut
	}
	return d.spend(ctx, d.write(f), 0)
}

// look is what a write does first: its CPU time, and whether it is going to cull. The
// published way walks all directories at every write, and random all of its one, which is
// what makes a large file cache slow long before it is full; exact counts in memory and walks only to
// cull; amortised and manual look at nothing here.
func (d *Disk) look() (cost time.Duration, culls bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stats.Sets++
	n := len(d.files.byName)
	switch d.cfg.Cull {
	case cullPublished, cullRandom:
		cost, culls = time.Duration(n)*d.cfg.PerObject, n >= d.cfg.MaxEntries
	case cullExact:
		if n > d.cfg.MaxEntries {
			cost, culls = time.Duration(n)*(d.cfg.PerObject+d.cfg.PerOpen), true
		}
	}
	d.stats.CPU += cost
	return cost, culls
}

// cull removes what a write was going to, and returns the CPU time of that. It finds
// the disk as it is now, which another write may have culled since look.
func (d *Disk) cull() (cost time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	removed := 0
	switch d.cfg.Cull {
	case cullPublished, cullRandom:
		removed = d.removeShare()
	default:
		removed = d.files.removeExpired(d.clock.Now().UnixNano())
		n := len(d.files.byName)
		if n > d.cfg.MaxEntries { // open them all again
			cost = time.Duration(n) * (d.cfg.PerObject + d.cfg.PerOpen)
		}
		for ; len(d.files.byName) > d.cfg.MaxEntries; removed++ {
			d.files.remove(d.files.earliest())
		}
	}
	return d.culled(removed, cost)
}

// removeShare removes one in so many: directories, or files where there is one directory.
func (d *Disk) removeShare() (removed int) {
	if d.cfg.Cull == cullRandom {
		return d.files.removeSample(d.cfg.CullFrequency, d.rng)
	}
	return d.files.removeTops(d.cfg.CullFrequency)
}

// culled counts one cull and adds the cost of its removals to its own.
func (d *Disk) culled(removed int, cost time.Duration) time.Duration {
	cost += time.Duration(removed) * d.cfg.PerDelete
	d.stats.Culls++
	d.stats.Culled += int64(removed)
	d.stats.CPU += cost
	return cost
}

// write puts the file there, and returns the CPU time of what follows: the share of a
// sweep that the amortised way does after its write and not before, so that a reader
// has the value sooner.
func (d *Disk) write(f file) (cost time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files.put(f)
	if d.cfg.Cull == cullAmortised {
		cost = d.step(d.clock.Now().UnixNano())
		d.stats.CPU += cost
	}
	d.stats.EntriesPeak = max(d.stats.EntriesPeak, int64(len(d.files.byName)))
	return cost
}

// step does the share of one write in a sweep and returns the CPU time that it costs: a
// file that has gone since it was listed costs the walk and no removal.
func (d *Disk) step(now int64) (cost time.Duration) {
	begins := d.sweep.Step(d.files, func() int { return len(d.files.byName) }, d.cfg.MaxEntries, d.cfg.CullFrequency, func(name fileName, expired bool) {
		cost += d.cfg.PerObject
		if expired {
			cost += d.cfg.PerOpen
		}
		if f := d.files.byName[name]; f != nil && (!expired || f.expires <= now) {
			d.files.remove(f)
			d.stats.Culled++
			cost += d.cfg.PerDelete
		}
	})
	if begins {
		d.stats.Culls++
	}
	return cost
}

// ForceCull is the work of a timer: it opens every file and removes those that
// have expired, and then, if there still are max_entries, what published removes.
// Writes go on meanwhile: the cull holds nothing but cores.
// Its CPU time is not that of any write.
func (d *Disk) ForceCull(ctx context.Context) error {
	n := time.Duration(d.Entries())
	if err := d.spend(ctx, n*(d.cfg.PerObject+d.cfg.PerOpen), 0); err != nil {
		return err
	}
	d.mu.Lock()
	cpu := d.stats.CPU
	removed := d.files.removeExpired(d.clock.Now().UnixNano())
	cost := time.Duration(len(d.files.byName)) * d.cfg.PerObject
	if d.cfg.MaxEntries > 0 && len(d.files.byName) >= d.cfg.MaxEntries {
		removed += d.removeShare()
	}
	cost = d.culled(removed, cost)
	d.stats.CPU = cpu
	d.mu.Unlock()
	return d.spend(ctx, cost, 0)
}

// delete removes a file, which costs nothing where there is none.
func (d *Disk) delete(ctx context.Context, name fileName) error {
	d.mu.Lock()
	d.stats.Deletes++
	f := d.files.byName[name]
	if f == nil {
		d.mu.Unlock()
		return nil
	}
	d.files.remove(f)
	d.mu.Unlock()
	return d.spend(ctx, d.cfg.PerDelete, 0)
}

// Laws is the law that is broken: the directories hold the files that can be found by
// their names, and no others. They are counted at the end alone.
func (d *Disk) Laws(ended bool) error {
	if !ended {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files.check()
}
