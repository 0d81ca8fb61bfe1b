package disk

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/herdlab/herdlab/internal/queue"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/filebased/sweep"
)

// fileName is where a file is: top-level directory, directory in it, and the rest.
type fileName [md5.Size]byte

// order is the place of a name among others, as far as half of it tells: files of one
// expiry go in the order of their names, and two names with equal halves are a matter
// of 2^32 files.
func (n fileName) order() uint64 { return binary.BigEndian.Uint64(n[:]) }

// file is one entry on a disk. The entry's value is kept as it is: the model has no
// bytes on any medium, only their number.
type file struct {
	name    fileName
	entry   strategies.Entry
	expires int64 // nanoseconds of the Unix epoch; never is the greatest
	size    int64 // of the file; 0 where nobody knows the size of its value yet
	place   int   // in its top-level directory
}

// never is the expiry of a file that is kept for ever. It is the greatest, so that such
// files come last in the order of expiry.
const never = math.MaxInt64

// tree is the files of one disk, in the two levels of directories that Django makes
// of the MD5 of a key: ab/cd/rest. Culls go by top-level directory, so that is the
// level which is kept; the one below is found by looking (leaves).
type tree struct {
	byName map[fileName]*file
	tops   [256][]*file      // top-level directories, in no order; an empty one is not there
	dated  bool              // keep first
	first  queue.Heap[*file] // all files, the earliest expiry first, and of several the first name; and void ones
}

// newTree returns an empty tree, which is dated if it keeps its files by expiry: only
// the exact way asks for that, and a heap of all files is not for nothing.
func newTree(dated bool) *tree {
	return &tree{byName: make(map[fileName]*file), dated: dated}
}

// put writes a file over what is there, in the same place of its directory.
func (t *tree) put(f file) {
	there := t.byName[f.name]
	changes := there == nil || there.expires != f.expires
	if there != nil {
		f.place = there.place
		*there = f
	} else {
		top := &t.tops[f.name[0]]
		f.place, there = len(*top), &f
		t.byName[f.name] = there
		*top = append(*top, there)
	}
	if t.dated && changes {
		t.first.Push(queue.Entry[*file]{At: f.expires, Seq: f.name.order(), Value: there})
	}
}

// earliest is the file that expires first, of a dated tree; nil without any.
func (t *tree) earliest() *file {
	t.dropVoid(2*len(t.byName) + 1024)
	if t.first.Len() == 0 {
		return nil
	}
	return t.first.Min().Value
}

// dropVoid takes files out of the order of expiry that are removed, or have another
// expiry now: all of them if more than most are in it.
func (t *tree) dropVoid(most int) {
	t.first.Drop(func(e *queue.Entry[*file]) bool { return t.byName[e.Value.name] != e.Value || e.Value.expires != e.At }, most)
}

// remove takes a file away from all that know it: the last of its directory takes its place there.
func (t *tree) remove(f *file) {
	delete(t.byName, f.name)
	top := t.tops[f.name[0]]
	last := top[len(top)-1]
	top[f.place], last.place = last, f.place
	top[len(top)-1] = nil
	t.tops[f.name[0]] = top[:len(top)-1]
}

// removeTops removes every so-many-th top-level directory, with all that is in it:
// how many entries that is depends on how their hashes happen to lie.
func (t *tree) removeTops(frequency int) (removed int) {
	for i, top := range t.Tops() {
		if i%frequency != 0 {
			continue
		}
		for files := t.tops[top]; len(files) > 0; files = t.tops[top] {
			t.remove(files[len(files)-1])
			removed++
		}
	}
	return removed
}

// removeSample removes one file in so many, whichever.
func (t *tree) removeSample(frequency int, rng *rand.Rand) (removed int) {
	names := slices.SortedFunc(maps.Keys(t.byName), func(a, b fileName) int { return bytes.Compare(a[:], b[:]) })
	for _, name := range sweep.Sample(names, len(names)/frequency, rng) {
		t.remove(t.byName[name])
		removed++
	}
	return removed
}

// removeExpired removes what has expired. Where files are kept by their expiry it
// looks at those alone; the CPU time of opening all others is charged all the same,
// for the real cache has no such order.
func (t *tree) removeExpired(now int64) (removed int) {
	if t.dated {
		for f := t.earliest(); f != nil && f.expires <= now; f = t.earliest() {
			t.remove(f)
			removed++
		}
		return removed
	}
	for top := range t.tops {
		for _, f := range slices.Clone(t.tops[top]) {
			if f.expires <= now {
				t.remove(f)
				removed++
			}
		}
	}
	return removed
}

// Tops is the top-level directories, sorted, as a listing of them is.
func (t *tree) Tops() (tops []byte) {
	for top := range t.tops {
		if len(t.tops[top]) > 0 {
			tops = append(tops, byte(top))
		}
	}
	return tops
}

// Leaves is the directories in a top-level one, sorted. It looks at all files there, a
// 256th of the disk, and is asked once a directory and sweep.
func (t *tree) Leaves(top byte) (leaves []byte) {
	for _, f := range t.tops[top] {
		leaves = append(leaves, f.name[1])
	}
	slices.Sort(leaves)
	return slices.Compact(leaves)
}

// Files is what is in one of those, sorted by the rest of their names.
func (t *tree) Files(top, leaf byte) (names []fileName) {
	for _, f := range t.tops[top] {
		if f.name[1] == leaf {
			names = append(names, f.name)
		}
	}
	slices.SortFunc(names, func(a, b fileName) int { return bytes.Compare(a[:], b[:]) })
	return names
}

// check is what is wrong with the tree: a file is in the map, in its directory at its
// place and, if the tree is dated, in the order of expiry, or nowhere.
func (t *tree) check() error {
	files := 0
	for top := range t.tops {
		for place, f := range t.tops[top] {
			if f.place != place || t.byName[f.name] != f {
				return fmt.Errorf("disk: file %x is not where its directory has it", f.name)
			}
		}
		files += len(t.tops[top])
	}
	t.dropVoid(0)
	if files != len(t.byName) || t.dated && files > t.first.Len() {
		return fmt.Errorf("disk: %d files are in directories, %d can be found, %d are to expire", files, len(t.byName), t.first.Len())
	}
	return nil
}
