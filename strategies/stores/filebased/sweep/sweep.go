// Package sweep is a cull of a directory of files that goes on from write to write, so
// that no write ever walks all of it. It decides which files a write looks at, and
// when it is enough; [github.com/herdlab/herdlab/strategies/stores/filebased] does so on a
// disk, and the simulator on a model of one.
package sweep

import "math/rand/v2"

// Stride is how many files one write looks at, or removes.
const Stride = 16

// Tree is a directory of files in two levels of directories, as listings of it say,
// sorted. D names a directory, and N a file. What is not there has nothing in it.
type Tree[D, N any] interface {
	Tops() []D
	Leaves(top D) []D
	Files(top, leaf D) []N
}

// Sweep is a cull under way, or none; the zero value is none. It begins so far below the
// limit that it has looked at every file before the limit is reached: each write adds one
// and looks at [Stride].
//
// It has two parts. The first looks at as many files as there were when it began
// and removes what has expired. If that was not enough the second removes what
// comes next, whatever it is, down to the lower mark. The hand goes round the
// tree in the order of the hashes, which is no order of the keys, and goes on
// where it stopped: no entry is the first to die each time.
type Sweep[D, N any] struct {
	hand hand[D, N]
	goal int // the lower mark; of a sweep that goes on
	look int // files that the first part has still to look at
	on   bool
}

// Due reports whether a sweep goes on, or is to begin at so many entries.
func (s *Sweep[D, N]) Due(entries, limit int) bool { return s.on || entries >= limit-limit/Stride }

// Step does the share of one write, if any is due, and reports whether a sweep begins
// with it. Entries is how many there are; a sweep removes one in frequency of them.
// Strike removes a file: if it has expired, or whatever it is. The file may have gone
// since it was listed.
func (s *Sweep[D, N]) Step(tree Tree[D, N], entries func() int, limit, frequency int, strike func(name N, expired bool)) (begins bool) {
	n := entries()
	if !s.Due(n, limit) {
		return false
	}
	if begins = !s.on; begins {
		s.on, s.goal, s.look = true, n-n/frequency, n
	}
	for range Stride {
		name, ok := s.hand.next(tree)
		if !ok {
			break
		}
		first := s.look > 0
		if first {
			s.look--
		}
		strike(name, first)
		if entries() <= s.goal {
			s.on = false
			break
		}
	}
	return begins
}

// hand goes round a tree, as that of CLOCK goes round a cache, from file to file in the
// order of their names. It lists a directory when it comes to it.
type hand[D, N any] struct {
	tops, leaves []D // to come: in the tree, and in top
	files        []N // to come, in the leaf before the next
	top          D
}

// next is the next file, after the last one the first. There is none in an empty tree.
// What is written into a directory that is already listed is met in the next round.
func (h *hand[D, N]) next(t Tree[D, N]) (name N, ok bool) {
	for rounds := 0; ; {
		switch {
		case len(h.files) > 0:
			name, h.files = h.files[0], h.files[1:]
			return name, true
		case len(h.leaves) > 0:
			h.files, h.leaves = t.Files(h.top, h.leaves[0]), h.leaves[1:]
		case len(h.tops) > 0:
			h.top, h.tops = h.tops[0], h.tops[1:]
			h.leaves = t.Leaves(h.top)
		case rounds == 2: // the first may have begun in the middle
			return name, false
		default:
			rounds++
			h.tops = t.Tops()
		}
	}
}

// Sample brings a random choice of n files to the front of names, of all choices each as
// likely, and returns it: random.sample of Python, which Django culls by. It is here for the
// disk and for its model to choose alike.
func Sample[N any](names []N, n int, rng *rand.Rand) []N {
	for i := range n { // the first n steps of a Fisher-Yates shuffle
		j := i + rng.IntN(len(names)-i)
		names[i], names[j] = names[j], names[i]
	}
	return names[:n]
}
