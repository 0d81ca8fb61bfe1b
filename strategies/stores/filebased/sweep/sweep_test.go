package sweep

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// files is a tree of names such as "abc": top a, leaf b, rest c.
type files map[string]bool

func (f files) parts(from, to int, below string) (list []string) {
	for name := range f {
		if name[:from] == below {
			list = append(list, name[from:to])
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (f files) Tops() []string             { return f.parts(0, 1, "") }
func (f files) Leaves(top string) []string { return f.parts(1, 2, top) }
func (f files) Files(top, leaf string) (list []string) {
	for _, rest := range f.parts(2, 3, top+leaf) {
		list = append(list, top+leaf+rest)
	}
	return list
}

func (f files) count() int { return len(f) }

// A sweep looks at every file once for what has expired, and then removes others, each
// once around, down to its mark; it is asked by one write after another, and begins
// again where it stopped.
func TestSweepGoesRound(t *testing.T) {
	const limit, frequency = 64, 4
	tree := files{}
	for i := range limit - limit/Stride {
		tree[fmt.Sprintf("%d%d%d", i/16, i/4%4, i%4)] = true
	}
	all := slices.Sorted(maps.Keys(tree))
	var s Sweep[string, string]
	var looked, removed []string
	strike := func(name string, expired bool) {
		if expired {
			looked = append(looked, name)
			return
		}
		delete(tree, name)
		removed = append(removed, name)
	}
	begun := 0
	for step := 0; step == 0 || s.Due(tree.count(), limit); step++ {
		if s.Step(tree, tree.count, limit, frequency, strike) {
			begun++
		}
		if most := len(looked) + len(removed); most > (step+1)*Stride {
			t.Fatalf("%d files in %d steps", most, step+1)
		}
	}
	if !slices.Equal(looked, all) || !slices.Equal(removed, all[:len(all)/frequency]) || begun != 1 {
		t.Errorf("%d sweeps looked at %v and removed %v", begun, looked, removed)
	}
	looked = nil
	for name := range maps.Keys(tree) { // room for nothing: the next one begins
		tree[name[:2]+"9"] = true
	}
	s.Step(tree, tree.count, tree.count(), frequency, strike)
	if len(looked) == 0 || looked[0] <= removed[len(removed)-1] {
		t.Errorf("the next sweep begins at %v, and the one before ended at %v", looked, removed[len(removed)-1])
	}
}

// An empty tree, and one that others empty meanwhile, ends a step.
func TestSweepOfNothing(t *testing.T) {
	var s Sweep[string, string]
	tree := files{}
	if !s.Step(tree, func() int { return 5 }, 5, 1, func(string, bool) { t.Error("a file in an empty tree") }) {
		t.Error("no sweep begins")
	}
	if s.Step(tree, tree.count, 100, 3, nil) || !s.Due(0, 100) {
		t.Error("a sweep that has not come to its mark goes on")
	}
}
