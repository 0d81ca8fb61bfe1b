package sweep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/spelling"
)

// The files of a sweep's folder. A result is a file of its own, so that a cell is
// there or not, whole, whatever happens to the others.
const (
	logName   = "sweep.log"
	lockName  = ".lock"
	cellsName = "cells"
)

// Folder is where a sweep keeps its log and its results. One process has it open at a
// time.
type Folder struct {
	dir  string
	lock *lock
	log  *Log

	Broken int // lines of the log that a crash had left in pieces
	Lost   int // cells in the log whose result was not what was written; they are not done
}

// Open opens the folder of a sweep, which it makes if need be. One that has a log
// already is gone on with if it is of the same sweep and the same shard, and resume
// says so; otherwise it is left as it is, with an error that says why.
func Open(dir string, head Head, resume bool) (*Folder, error) {
	head.Sweep = format
	if err := os.MkdirAll(filepath.Join(dir, cellsName), 0o777); err != nil {
		return nil, fmt.Errorf("make the folder of the sweep: %w", err)
	}
	lock, err := takeLock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	f := &Folder{dir: dir, lock: lock}
	if err := f.openLog(head, resume); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// openLog opens the log, or begins one.
func (f *Folder) openLog(head Head, resume bool) (err error) {
	path := filepath.Join(f.dir, logName)
	f.log, f.Broken, err = openLog(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.log, err = createLog(path, head)
		return err
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	}
	if why := f.log.head.Difference(head); why != "" {
		return spelling.Refuse("%s holds another sweep: %s; name another folder with --out", f.dir, why)
	}
	if f.log.head.Shard != head.Shard {
		return spelling.Refuse("%s holds %s of this sweep, not %s: give every shard a folder of its own with --out",
			f.dir, nameShard(f.log.head.Shard), nameShard(head.Shard))
	}
	if !resume {
		return spelling.Refuse("%s holds this sweep already, with %d of its %d cells done: go on with --resume, or name another folder with --out",
			f.dir, len(f.log.done), f.Shard().Size(head.Grid.Cells()))
	}
	return f.verify()
}

func nameShard(shard string) string {
	if shard == "" {
		return "all"
	}
	return "shard " + shard
}

// verify takes the cells out of the log's table whose results are not what the log says
// that was written: somebody may have touched them, or a disk lost them.
func (f *Folder) verify() error {
	for cell, hash := range f.log.done {
		text, err := os.ReadFile(f.path(cell))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err != nil || sum(text) != hash {
			delete(f.log.done, cell)
			f.Lost++
		}
	}
	return nil
}

// Close lets others have the folder.
func (f *Folder) Close() error {
	var err error
	if f.log != nil {
		err = f.log.file.Close()
	}
	f.lock.release()
	return err
}

// Head is what the folder's sweep is.
func (f *Folder) Head() *Head { return &f.log.head }

// Shard is the part of the sweep that the folder is for.
func (f *Folder) Shard() Shard {
	s, err := ParseShard(f.log.head.Shard)
	if err != nil { // all of it
		return Shard{}
	}
	return s
}

// Done reports whether a cell is done.
func (f *Folder) Done(cell int) bool { _, ok := f.log.done[cell]; return ok }

// Undone are the cells of the folder's shard that are not done, in their order.
func (f *Folder) Undone() (list []int) {
	shard := f.Shard()
	for cell := range f.log.head.Grid.Cells() {
		if shard.Has(cell) && !f.Done(cell) {
			list = append(list, cell)
		}
	}
	return list
}

// Tally is how far the folder's sweep is before anything runs.
func (f *Folder) Tally() Tally {
	cells := f.Shard().Size(f.log.head.Grid.Cells())
	done := cells - len(f.Undone())
	return Tally{Cells: cells, Before: done, Done: done}
}

// Result reads what a cell that is done has left.
func (f *Folder) Result(cell int) (*Result, error) {
	text, err := f.read(cell)
	if err != nil {
		return nil, err
	}
	r, err := decodeResult(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path(cell), err)
	}
	return r, nil
}

// read is the text of a result, which is refused if it is not the one that was written.
func (f *Folder) read(cell int) ([]byte, error) {
	text, err := os.ReadFile(f.path(cell))
	if err != nil {
		return nil, err
	}
	if sum(text) != f.log.done[cell] {
		return nil, fmt.Errorf("%s is not what the sweep wrote: run it again with --resume", f.path(cell))
	}
	return text, nil
}

// path is the file of a cell's result.
func (f *Folder) path(cell int) string {
	return filepath.Join(f.dir, cellsName, fmt.Sprintf("%06d.json", cell))
}

// written is a result on its way to the disk.
type written struct {
	cell int
	text []byte
}

// commit makes cells done, in the one order in which no crash can lose or invent one:
// every result beside its place, synced, and renamed; then the folder, so that the
// names last; and only then the log. Of a crash in between there are results without
// a line, which run again and come out the same.
func (f *Folder) commit(batch []written) error {
	entries := make([]entry, len(batch))
	for i, w := range batch {
		if err := writeBeside(f.path(w.cell), w.text); err != nil {
			return err
		}
		entries[i] = entry{w.cell, sum(w.text)}
	}
	if err := syncFolder(filepath.Join(f.dir, cellsName)); err != nil {
		return err
	}
	return f.log.append(entries)
}

// writeSafely makes the file at path, which is there whole or not at all after a crash
// too.
func writeSafely(path string, text []byte) error {
	if err := writeBeside(path, text); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// writeBeside writes a file under another name, syncs it, and gives it its name, which
// lasts once its folder is synced. The other name is the same every time: what a crash
// leaves of it the next try writes over.
func writeBeside(path string, text []byte) (err error) {
	file, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// syncFolder has the names in a folder last.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
