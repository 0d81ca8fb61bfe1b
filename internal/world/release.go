package world

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// Releases are the programs that the boxes have: what version each of them gives
// the keys of every named cache. While a deploy is on its way over the boxes two
// releases answer, and where a version changed each has its own entries: a hit for
// the one is a miss for the other.
type Releases struct {
	caches []string
	// rolling is the newest release while not all boxes have it, else 0. Every request
	// reads it, and so it needs no mutex.
	rolling atomic.Int64

	mu     sync.Mutex
	newest Release
	boxes  []Release
	behind int // boxes without the newest
}

// Release is one program.
type Release struct {
	Number   int      // from 1
	Prefixes []string // of the keys of every named cache, which say their version
	versions []int    // from 1
}

// release is one that gives the keys these versions. A new version is a cold cache: the
// old entries are never asked for again, and take memory until they expire or are
// evicted.
func (r *Releases) release(number int, versions []int) Release {
	made := Release{Number: number, versions: versions}
	for i, name := range r.caches {
		made.Prefixes = append(made.Prefixes, tier.KeyPrefix(name, versions[i]))
	}
	return made
}

// NewReleases gives all boxes the first release.
func NewReleases(boxes int, caches []string) *Releases {
	r := &Releases{caches: caches}
	r.newest = r.release(1, slices.Repeat([]int{1}, len(caches)))
	r.boxes = slices.Repeat([]Release{r.newest}, boxes)
	return r
}

// Begin makes a new release, which no box has yet and which gives the keys of
// those caches a new version.
func (r *Releases) Begin(bumped []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	versions := slices.Clone(r.newest.versions)
	for i, name := range r.caches {
		if slices.Contains(bumped, name) {
			versions[i]++
		}
	}
	r.newest, r.behind = r.release(r.newest.Number+1, versions), len(r.boxes)
	r.rolling.Store(int64(r.newest.Number))
}

// Give gives box i the newest release. A box that has it already, as one that a
// canary reached first, is no further one.
func (r *Releases) Give(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.boxes[i].Number == r.newest.Number {
		return
	}
	r.boxes[i] = r.newest
	if r.behind--; r.behind == 0 {
		r.rolling.Store(0)
	}
}

// Of is the release of box i.
func (r *Releases) Of(i int) Release {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.boxes[i]
}

// Newest is the newest release.
func (r *Releases) Newest() Release {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.newest
}

// laws is the law that is broken: what is counted of the boxes that are behind is
// what they have.
func (r *Releases) laws() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	behind := 0
	for _, b := range r.boxes {
		if b.Number != r.newest.Number {
			behind++
		}
	}
	switch rolling := r.rolling.Load() != 0; {
	case behind != r.behind:
		return fmt.Errorf("releases: %d boxes are without the newest, not %d", behind, r.behind)
	case rolling != (behind > 0):
		return errors.New("releases: boxes of two releases answer, and no deploy is on its way, or the other way round")
	}
	return nil
}

// side is the side of a box that has a release, now.
func (r *Releases) side(release int) metrics.Side {
	switch newest := r.rolling.Load(); {
	case newest == 0:
		return metrics.Alone
	case int64(release) == newest:
		return metrics.New
	}
	return metrics.Old
}

// Words for a named cache: that of everything that names none, and none at all, whose
// readers are answered by the origin, every time.
const (
	DefaultCache = tier.DefaultCache
	NoCache      = "none"
)

// Named are the named caches of a world, the default one first.
func (c Config) Named() []string {
	if len(c.Caches) == 0 {
		return []string{DefaultCache}
	}
	return c.Caches
}
