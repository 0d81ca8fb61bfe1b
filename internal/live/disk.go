package live

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/filebased"
)

// filledLife is how long entries live that are there before the run.
const filledLife = 365 * 24 * time.Hour

// DiskTimes is what the real disks took in one run, for the model to take as long.
// What was never done is zero.
type DiskTimes struct{ PerObject, PerOpen, PerDelete, Read, Write time.Duration }

// disk is the real file cache of one box: a directory. What its culls take is CPU
// time of the box, so that requests wait for it and the health check sees it.
type disk struct {
	ctx  context.Context // of the run
	cfg  world.DiskConfig
	box  *world.Box
	root string
	size func(key string) int

	gets, sets, deletes, bytesOut, errors atomic.Int64
	peak                                  atomic.Int64
	cull                                  atomic.Int64 // nanoseconds that the latest share of a write took
	culls                                 atomic.Int64 // and all of them

	mu     sync.Mutex
	store  *filebased.Store
	lives  int
	filled int             // entries that the store has not counted
	past   filebased.Stats // of the directories before this one

	forced  sync.WaitGroup   // culls by a timer
	last    *world.DiskStats // at the end of the run
	unknown error            // why last may lack what is there at the end
}

var _ world.DiskPart = (*disk)(nil)

// newDisk makes the directory, with the entries that are there when a run begins.
// It may take a while, unless ctx ends.
func newDisk(ctx context.Context, cfg world.DiskConfig, box *world.Box, root string, size func(key string) int) (*disk, error) {
	d := &disk{ctx: ctx, cfg: cfg, box: box, root: root, size: size}
	if err := d.Wipe(); err != nil {
		return nil, err
	}
	fill, err := filebased.New(d.dir(), filebased.Config{Cull: filebased.Manual, MaxEntries: -1})
	if err != nil {
		return nil, err
	}
	for i := range cfg.Entries {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		key := world.FilledKey(i)
		e := strategies.Entry{Value: strategies.Value{Data: make([]byte, size(key))}, Stored: strategies.At(time.Now())}
		if err := fill.Set(context.Background(), key, e, filledLife); err != nil {
			return nil, fmt.Errorf("fill the disk of a box: %w", err)
		}
	}
	d.peak.Store(int64(cfg.Entries))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.filled = cfg.Entries
	return d, d.open()
}

// dir is the directory of the box's present life.
func (d *disk) dir() string { return filepath.Join(d.root, fmt.Sprint("life", d.lives)) }

// Wipe begins a new life with an empty directory. The old one is removed with the
// rest at the end: that may take long.
func (d *disk) Wipe() error {
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
func (d *disk) open() (err error) {
	d.store, err = filebased.New(d.dir(), filebased.Config{
		Cull: d.cfg.Cull, MaxEntries: d.cfg.MaxEntries, CullFrequency: d.cfg.CullFrequency, Limit: d.limit,
	})
	return err
}

func (d *disk) current() *filebased.Store {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.store
}

// limit does the share of a write on the cores of the box.
func (d *disk) limit(cull func()) {
	took := d.box.Work(time.Duration(d.cull.Load()), cull)
	d.cull.Store(int64(took))
	d.culls.Add(int64(took))
}

// Entries is how many there are, as far as is known without looking.
func (d *disk) Entries() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.store.Stats()
	if d.cfg.Cull == filebased.Manual || d.cfg.Cull == filebased.Published && s.Visited.N == 0 {
		return int(s.Entries) + d.filled
	}
	return int(s.Entries)
}

// ForceCull is the work of a timer, which ends with the run.
func (d *disk) ForceCull(context.Context) (err error) {
	d.mu.Lock()
	if d.last != nil {
		d.mu.Unlock()
		return nil
	}
	d.forced.Add(1)
	d.mu.Unlock()
	defer d.forced.Done()
	d.box.Work(0, func() { _, err = d.current().ForceCull(d.ctx) })
	return err
}

// settle waits for the culls of timers, counts for the last time, and returns what
// the stores of all lives did.
func (d *disk) settle() filebased.Stats {
	d.mu.Lock()
	d.last = new(world.DiskStats) // no further cull begins
	d.mu.Unlock()
	d.forced.Wait()
	n, bytes, err := d.current().Usage()
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.past.Plus(d.store.Stats())
	d.last, d.unknown = &world.DiskStats{
		Entries: n, Peak: max(n, int(d.peak.Load())), Bytes: bytes,
		Gets: d.gets.Load(), Sets: d.sets.Load(), Deletes: d.deletes.Load(), BytesOut: d.bytesOut.Load(), Errors: d.errors.Load(),
		Culls: all.Culls, Culled: all.Culled, CPU: time.Duration(d.culls.Load()),
	}, err
	return all
}

// Stats returns all counts at the end of the run; before it there are none.
func (d *disk) Stats() (world.DiskStats, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil {
		return world.DiskStats{}, nil
	}
	return *d.last, d.unknown
}
