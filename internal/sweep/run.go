package sweep

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// Plan says how the cells of a folder are run.
type Plan struct {
	Jobs    int // cells at once
	Retries int // how often a cell that fails is tried again

	// Cell runs one. It is called from several goroutines, and returns early, with any
	// error, once ctx ends.
	Cell func(ctx context.Context, c Cell) (*Result, error)

	// Watch hears how far the sweep is, from any goroutine, and must not wait; nil is
	// nobody.
	Watch func(Tally)
}

// Tally is how far a sweep is.
type Tally struct {
	Cells  int // of this folder
	Before int // done when the run began
	Done   int // in all
	Failed int // given up
}

// Failure is a cell that was given up.
type Failure struct {
	Cell  Cell
	Tries int
	Err   error // of the last one
}

// mostAtOnce bounds how many cells are made done by one sync of the disk: enough to
// keep up with any number of processors, few enough that a crash costs little.
const mostAtOnce = 64

// RunCells runs the cells of a folder that are not done, and returns those that failed. It waits for
// everything that it has begun, also when ctx ends; what was finished by then is on
// the disk. An error is one of the disk: it ends the run.
func RunCells(ctx context.Context, f *Folder, plan Plan) ([]Failure, error) {
	r := &running{Folder: f, plan: plan, todo: f.Undone(), tally: f.Tally(), finished: make(chan written, mostAtOnce)}
	r.ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)

	var disk error
	saved := make(chan struct{})
	go func() {
		defer close(saved)
		disk = r.saveAll()
	}()
	var workers sync.WaitGroup
	for range min(max(plan.Jobs, 1), len(r.todo)) {
		workers.Go(r.work)
	}
	workers.Wait()
	close(r.finished)
	<-saved
	slices.SortFunc(r.failed, func(a, b Failure) int { return cmp.Compare(a.Cell.Index, b.Cell.Index) })
	return r.failed, disk
}

// running is a run under way.
type running struct {
	*Folder
	plan     Plan
	ctx      context.Context
	stop     context.CancelCauseFunc
	todo     []int
	next     atomic.Int64 // of todo
	finished chan written

	mu     sync.Mutex
	tally  Tally
	failed []Failure
}

// count changes the tally and tells it.
func (r *running) count(change func(*Tally)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.tally)
	if r.plan.Watch != nil {
		r.plan.Watch(r.tally)
	}
}

// work takes cells in their order until there are none, or the run ends.
func (r *running) work() {
	for i := int(r.next.Add(1)) - 1; i < len(r.todo) && r.ctx.Err() == nil; i = int(r.next.Add(1)) - 1 {
		c := r.log.head.Grid.Cell(r.todo[i])
		text, failure := r.try(c)
		switch {
		case failure == nil:
			r.finished <- written{c.Index, text}
		case r.ctx.Err() == nil: // what breaks on the way out is no fault of the cell
			r.count(func(t *Tally) { t.Failed++; r.failed = append(r.failed, *failure) })
		}
	}
}

// try runs a cell, again as often as it may, and gives the text of its result or says
// why there is none.
func (r *running) try(c Cell) (text []byte, failure *Failure) {
	for tries := 1; ; tries++ {
		result, err := r.call(c)
		if err == nil {
			text, err = result.encode()
		}
		switch {
		case err == nil:
			return text, nil
		case tries > r.plan.Retries || r.ctx.Err() != nil:
			return nil, &Failure{c, tries, err}
		}
	}
}

// call runs a cell once. A panic in it is its own failure: the others go on.
func (r *running) call(c Cell) (result *Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.plan.Cell(r.ctx, c)
}

// saveAll makes the cells done that are finished, all that wait at once: the slower the
// disk, the more of them share a sync. After an error it ends the run and takes what
// still comes from it, so that no worker waits for ever.
func (r *running) saveAll() (failed error) {
	for first := range r.finished {
		batch := []written{first}
		for more := true; more && len(batch) < mostAtOnce; {
			select {
			case next, open := <-r.finished:
				if more = open; open {
					batch = append(batch, next)
				}
			default:
				more = false
			}
		}
		if failed != nil {
			continue
		}
		if failed = r.commit(batch); failed != nil {
			r.stop(failed)
			continue
		}
		r.count(func(t *Tally) { t.Done += len(batch) })
	}
	return failed
}
