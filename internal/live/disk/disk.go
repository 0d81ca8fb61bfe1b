// Package disk is the file cache of one box in a real run: a directory, culled as
// the scenario says, on the cores of the modelled box.
package disk

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/filebased"
)

// filledLife is how long entries live that are there before the run.
const filledLife = 365 * 24 * time.Hour

// Times is what the real disks took in one run, for the model to take as long.
// What was never done is zero.
type Times struct{ PerObject, PerOpen, PerDelete, Read, Write time.Duration }

// TimesOf are the mean times of what stores did.
func TimesOf(s filebased.Stats) Times {
	return Times{s.Visited.Mean(), s.Opened.Mean(), s.Removed.Mean(), s.Read.Mean(), s.Written.Mean()}
}

// errCut is what the program of a box that has crashed gets from its disk.
var errCut = errors.New("box: crashed")

// Disk is the real file cache of one box: a directory. What its culls take is CPU
// time of the box, so that requests wait for it and the health check sees it.
type Disk struct {
	ctx  context.Context // of the run
	cfg  model.Config
	box  *world.Box
	root string
	size func(key string) int

	forced sync.WaitGroup // culls by a timer that are under way

	mu      sync.Mutex // not held during any operation
	store   *filebased.Store
	lives   int
	filled  int             // entries that the store has not counted
	past    filebased.Stats // of the directories before this one
	share   time.Duration   // that the latest share of a write took, a guess for the next
	stats   model.Stats     // of the operations; of all there is when settled
	settled bool            // the run has ended
	unknown error           // why stats may lack what was there at the end
}

var _ world.DiskPart = (*Disk)(nil)

// New makes the directory, with the entries that are there when a run begins.
// It may take a while, unless ctx ends.
func New(ctx context.Context, cfg model.Config, box *world.Box, root string, size func(key string) int) (*Disk, error) {
	d := &Disk{ctx: ctx, cfg: cfg, box: box, root: root, size: size}
	if err := d.Wipe(); err != nil {
		return nil, err
	}
	fill, err := filebased.New(d.dir(), filebased.Config{Cull: filebased.Manual, MaxEntries: -1, Flat: filebased.CullMode(cfg.Cull) == filebased.Random})
	if err != nil {
		return nil, err
	}
	for i := range cfg.Entries {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		key := model.FilledKey(i)
		e := strategies.Entry{Value: strategies.Value{Data: make([]byte, size(key))}, Stored: strategies.At(time.Now())}
		if err := fill.Set(context.Background(), key, e, filledLife); err != nil {
			return nil, fmt.Errorf("fill the disk of a box: %w", err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.filled, d.stats.EntriesPeak = cfg.Entries, int64(cfg.Entries)
	return d, d.open()
}

// dir is the directory of the box's present life.
func (d *Disk) dir() string { return filepath.Join(d.root, fmt.Sprint("life", d.lives)) }

// Wipe begins a new life with an empty directory. The old one is removed with the
// rest at the end: that may take long.
func (d *Disk) Wipe() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.store != nil {
		d.past = d.past.Plus(d.store.Stats())
	}
	d.lives++
	d.filled = 0
	return d.open()
}

// open makes the store of the present life.
func (d *Disk) open() (err error) {
	d.store, err = filebased.New(d.dir(), filebased.Config{
		Cull: filebased.CullMode(d.cfg.Cull), MaxEntries: d.cfg.MaxEntries, CullFrequency: d.cfg.CullFrequency, Limit: d.limit,
	})
	return err
}

func (d *Disk) current() *filebased.Store {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.store
}

// limit does the share of a write on the cores of the box.
func (d *Disk) limit(cull func()) {
	d.mu.Lock()
	guess := d.share
	d.mu.Unlock()
	took := d.box.Work(guess, cull)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.share = took
	d.stats.CPU += took
}

// Entries is how many there are, as far as is known without looking.
func (d *Disk) Entries() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known()
}

// known is Entries under the mutex.
func (d *Disk) known() int {
	s := d.store.Stats()
	if mode := filebased.CullMode(d.cfg.Cull); mode == filebased.Manual || mode == filebased.Published && s.Visited.N == 0 {
		return int(s.Entries) + d.filled
	}
	return int(s.Entries)
}

// ForceCull is the work of a timer, which ends with the run.
func (d *Disk) ForceCull(context.Context) (err error) {
	d.mu.Lock()
	if d.settled {
		d.mu.Unlock()
		return nil
	}
	d.forced.Add(1)
	d.mu.Unlock()
	defer d.forced.Done()
	d.box.Work(0, func() { _, err = d.current().ForceCull(d.ctx) })
	return err
}

// Settle waits for the culls of timers, counts for the last time, and returns what
// the stores of all lives did.
func (d *Disk) Settle() filebased.Stats {
	d.mu.Lock()
	d.settled = true // no further cull begins
	d.mu.Unlock()
	d.forced.Wait()
	files, bytes, err := d.current().Usage()
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.past.Plus(d.store.Stats())
	n := int64(files)
	d.stats.Entries, d.stats.EntriesPeak, d.stats.Bytes = n, max(n, d.stats.EntriesPeak), bytes
	d.stats.Culls, d.stats.Culled, d.unknown = all.Culls, all.Culled, err
	return all
}

// Stats returns the counts of the operations so far, and when the disk is settled
// those of its culls and of what is there.
func (d *Disk) Stats() (model.Stats, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stats, d.unknown
}

// client is what the program of a box has for a cache where values live on the
// box's own disk, beside the locks of the shared cache.
type client struct {
	strategies.Locker
	strategies.Extender

	disk   *Disk
	prefix string
	dead   atomic.Bool
}

var (
	_ world.ProgramCache  = (*client)(nil)
	_ strategies.Extender = (*client)(nil)
)

// Client returns the disk as a program uses it.
func (d *Disk) Client(locks tier.Locks, prefix string) world.ProgramCache {
	return &client{Locker: locks, Extender: locks, disk: d, prefix: prefix}
}

// Kill cuts the client off: its box has crashed.
func (c *client) Kill() { c.dead.Store(true) }

// run does one operation and counts it, unless the box has crashed. What a program
// wrote as it was killed is there, and nobody is told.
func (c *client) run(do func() error, count func(*model.Stats)) error {
	if c.dead.Load() {
		return errCut
	}
	err := do()
	c.disk.mu.Lock()
	defer c.disk.mu.Unlock()
	count(&c.disk.stats)
	switch {
	case err != nil:
		c.disk.stats.Errors++
	case c.dead.Load():
		return errCut
	}
	return err
}

func (c *client) Get(ctx context.Context, key string) (e strategies.Entry, ok bool, err error) {
	err = c.run(func() (err error) {
		e, ok, err = c.disk.current().Get(ctx, c.prefix+key)
		return err
	}, func(s *model.Stats) { s.Gets, s.BytesOut = s.Gets+1, s.BytesOut+int64(len(e.Data)) })
	return e, ok && err == nil, err
}

func (c *client) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return c.run(func() error { return c.disk.current().Set(ctx, c.prefix+key, e, ttl) },
		func(s *model.Stats) { s.Sets, s.EntriesPeak = s.Sets+1, max(s.EntriesPeak, int64(c.disk.known())) })
}

func (c *client) Delete(ctx context.Context, key string) error {
	return c.run(func() error { return c.disk.current().Delete(ctx, c.prefix+key) }, func(s *model.Stats) { s.Deletes++ })
}
