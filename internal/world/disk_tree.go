package world

import (
	"bytes"
	"container/heap"
	"crypto/md5"
	"math"
	"slices"

	"github.com/herdlab/herdlab/strategies"
)

// diskName is where a file is: top-level directory, directory in it, and the rest.
type diskName [md5.Size]byte

func (n diskName) compare(o diskName) int { return bytes.Compare(n[:], o[:]) }

// diskFile is one entry on a disk.
type diskFile struct {
	name    diskName
	entry   strategies.Entry
	expires int64 // nanoseconds of the Unix epoch; never is the greatest
	size    int64 // of the file; 0 where nobody knows the size of its value yet
	place   int   // in its top-level directory
	rank    int   // by expiry
}

const never = math.MaxInt64

// diskTree is the files of one disk.
type diskTree struct {
	byName map[diskName]*diskFile
	tops   [256][]*diskFile // top-level directories, in no order; an empty one is not there
	dated  bool             // keep first
	first  expiries         // all files, the earliest expiry first
}

func newDiskTree(dated bool) *diskTree {
	return &diskTree{byName: make(map[diskName]*diskFile), dated: dated}
}

// put writes a file over what is there.
func (t *diskTree) put(f diskFile) {
	old := t.byName[f.name]
	if old != nil {
		f.place, f.rank = old.place, old.rank
		*old = f
		if t.dated {
			heap.Fix(&t.first, old.rank)
		}
		return
	}
	top := &t.tops[f.name[0]]
	f.place = len(*top)
	file := &f
	t.byName[f.name] = file
	*top = append(*top, file)
	if t.dated {
		heap.Push(&t.first, file)
	}
}

func (t *diskTree) remove(f *diskFile) {
	delete(t.byName, f.name)
	top := t.tops[f.name[0]]
	last := top[len(top)-1]
	top[f.place], last.place = last, f.place
	top[len(top)-1] = nil
	t.tops[f.name[0]] = top[:len(top)-1]
	if t.dated {
		heap.Remove(&t.first, f.rank)
	}
}

// removeTops removes every so-many-th top-level directory.
func (t *diskTree) removeTops(frequency int) (removed int) {
	for i, top := range t.list() {
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

// removeExpired removes what has expired.
func (t *diskTree) removeExpired(now int64) (removed int) {
	if t.dated {
		for len(t.first) > 0 && t.first[0].expires <= now {
			t.remove(t.first[0])
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

// list is the top-level directories, sorted.
func (t *diskTree) list() (tops []byte) {
	for top := range t.tops {
		if len(t.tops[top]) > 0 {
			tops = append(tops, byte(top))
		}
	}
	return tops
}

// leaves is the directories in a top-level one, sorted.
func (t *diskTree) leaves(top byte) (leaves []byte) {
	for _, f := range t.tops[top] {
		leaves = append(leaves, f.name[1])
	}
	slices.Sort(leaves)
	return slices.Compact(leaves)
}

// files is what is in one of those, sorted.
func (t *diskTree) files(top, leaf byte) (names []diskName) {
	for _, f := range t.tops[top] {
		if f.name[1] == leaf {
			names = append(names, f.name)
		}
	}
	slices.SortFunc(names, diskName.compare)
	return names
}

// expiries is a heap of files: the one that expires first is removed first, and of
// several the one whose name comes first.
type expiries []*diskFile

func (e expiries) Len() int { return len(e) }

func (e expiries) Less(i, j int) bool {
	if e[i].expires != e[j].expires {
		return e[i].expires < e[j].expires
	}
	return e[i].name.compare(e[j].name) < 0
}

func (e expiries) Swap(i, j int) {
	e[i], e[j] = e[j], e[i]
	e[i].rank, e[j].rank = i, j
}

// Push adds a file.
func (e *expiries) Push(x any) {
	f := x.(*diskFile)
	f.rank = len(*e)
	*e = append(*e, f)
}

// Pop takes the last one off.
func (e *expiries) Pop() any {
	last := len(*e) - 1
	f := (*e)[last]
	(*e)[last] = nil
	*e = (*e)[:last]
	return f
}
