package lab

import (
	"cmp"
	"sync"
	"sync/atomic"

	"github.com/herdlab/herdlab/workloads"
)

// usualSize is the length of a value nobody has asked for yet.
const usualSize = 1000

// sizes remembers the length of every key's value, as the requests state it.
// Where all are alike, as in most scenarios, it remembers one number.
type sizes struct {
	same atomic.Int64 // the size of all so far; -1 once there is another

	mu     sync.Mutex
	usual  int
	others map[string]int
}

// newSizes takes the values of the first class that has keys for the usual ones.
func newSizes(classes []workloads.Class) *sizes {
	s := &sizes{others: make(map[string]int)}
	for _, c := range classes {
		if !c.Bystander() && c.Trace == nil && c.Size != nil && c.Size.Fixed > 0 {
			s.noteSize("", int(c.Size.Fixed))
			break
		}
	}
	return s
}

// noteSize remembers the length of a key's value. The first one noted is the usual one,
// and only what differs from it takes memory: ten million keys of one size take none.
func (s *sizes) noteSize(key string, size int) {
	if s.same.Load() == int64(size) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.usual == 0 {
		s.usual = size
		s.same.Store(int64(size))
		return
	}
	s.same.Store(-1)
	if size != s.usual {
		s.others[key] = size
	} else {
		delete(s.others, key)
	}
}

// sizeOf is the length of a key's value; of one that nobody has asked for, as what was
// on a disk before the run, the usual length.
func (s *sizes) sizeOf(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok := s.others[key]; ok {
		return n
	}
	return cmp.Or(s.usual, usualSize)
}
