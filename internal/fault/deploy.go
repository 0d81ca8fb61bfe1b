package fault

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// Deploy is a release that is brought to the boxes, which start anew with it. With the
// version of its keys it comes to a cache that is empty, while the boxes that have it
// not go on with the old keys: two sets of values share the memory until the last box
// is done.
type Deploy struct {
	Moment `yaml:",inline"`

	Over   time.Duration `yaml:"over" default:"0s" min:"0s" doc:"the boxes are restarted one by one over this time; with 0 all at once"`
	Boxes  float64       `yaml:"boxes" default:"100%" unit:"share" min:"0" max:"1" doc:"share of the boxes that get the release; a later deploy brings the same release to more boxes"`
	Caches []string      `yaml:"caches" doc:"the named caches whose keys get a new version; the default one if left out, none if empty"`
}

func (f Deploy) Check(s Scene) []Problem {
	list := append(behindFront(s, f, "a new version of keys would have to be told to it, too"),
		wrongIf(f.At+f.Over > s.Duration, "over", "the deploy ends at %v, and the run at %v", f.At+f.Over, s.Duration)...)
	for i, name := range f.Caches {
		if !slices.Contains(s.Caches, name) {
			list = append(list, Problem{
				Field: fmt.Sprintf("caches.%d", i), Known: s.Caches,
				Msg: fmt.Sprintf("no class uses a cache %q; there are %s", name, spelling.List(s.Caches)),
			})
		}
	}
	return list
}

func (f Deploy) Explain() string {
	boxes, pace := "every box", "at once"
	if f.Boxes < 1 {
		boxes = units.FormatShare(f.Boxes) + " of the boxes"
	}
	if f.Over > 0 {
		pace = "one by one over " + units.FormatDuration(f.Over)
	}
	keys := "under a new version of its keys, so that the cache is empty for it"
	switch {
	case f.Caches != nil && len(f.Caches) == 0:
		keys = "and finds its values in the cache"
	case len(f.Caches) == 1:
		keys = fmt.Sprintf("under a new version of the keys in %s, so that that cache is empty for it", f.Caches[0])
	case len(f.Caches) > 1:
		keys = fmt.Sprintf("under a new version of the keys in %s, so that these caches are empty for it", strings.Join(f.Caches, " and "))
	}
	return fmt.Sprintf("restarts %s %s %s", boxes, pace, keys)
}

func (f Deploy) Marks(s Scene) []Mark {
	label := "deploy"
	switch goesOn := f.goesOn(s); {
	case goesOn && f.Boxes == 1:
		label = "deploy to the rest"
	case goesOn: // it has the caches of the deploy that it goes on with
	case f.Caches != nil && len(f.Caches) == 0:
		label = "deploy without a new version"
	case f.Caches != nil:
		label += " of " + strings.Join(f.Caches, ", ")
	}
	if f.Boxes < 1 {
		label += fmt.Sprintf(" to %g %% of the boxes", 100*f.Boxes)
	}
	if f.Over == 0 {
		return f.instant(label)
	}
	return lasting(f.At, f.At+f.Over, label)
}

// Schedule has nothing to do: [Schedule] has planned the rollout.
func (f Deploy) Schedule(_ World, _ Scene, after After) { after(f.At, nothing) }

// rollout is the way of one deploy over the boxes, which it gives the newest release
// in the order of their numbers.
type rollout struct {
	Deploy
	fault int  // its number among the faults
	isNew bool // it begins a release; else it goes on with the one before
	first int  // the first box that it gives it
	end   int  // and the one after the last
}

// plan plans to give the boxes the release. What is due at once is one step, for on the
// wall a box must not ask for the release before it has begun.
func (r rollout) plan(w World, s Scene, after After) {
	bumped := r.Caches
	if bumped == nil {
		bumped = s.Caches[:1]
	}
	after(r.At, func() {
		if r.isNew {
			w.BeginRelease(bumped)
		}
		w.DeployBox(r.first)
		for i := r.first + 1; i < r.end && r.Over == 0; i++ {
			w.DeployBox(i)
		}
	})
	for i := r.first + 1; i < r.end && r.Over > 0; i++ {
		turn := r.At + r.Over*time.Duration(i-r.first)/time.Duration(r.end-r.first)
		after(turn, func() { w.DeployBox(i) })
	}
}

// rollouts are the deploys of a scene, in the order of time. A deploy that finds boxes
// that the one before did not reach goes on with its release: a canary of 10 % is
// followed by one of 100 %. There are none where one of them cannot be.
func rollouts(s Scene) (list []rollout, wrong []Problem) {
	for i, f := range s.Faults {
		if d, ok := f.(Deploy); ok {
			list = append(list, rollout{Deploy: d, fault: i})
		}
	}
	slices.SortStableFunc(list, func(a, b rollout) int { return cmp.Compare(a.At, b.At) })
	reach := s.Boxes // that have the newest release
	var before Deploy
	for i := range list {
		r := &list[i]
		if r.isNew = reach == s.Boxes; !r.isNew {
			r.first = reach
		}
		r.end = int(math.Ceil(float64(s.Boxes)*r.Boxes - 1e-9)) // 30 % of 10 are 3, and not 4 for a bit in the last place
		refuse := func(field, format string, args ...any) {
			wrong = append(wrong, Problem{Fault: r.fault, Field: field, Msg: fmt.Sprintf(format, args...)})
		}
		switch {
		case r.At < before.At+before.Over:
			refuse("", "the deploy begins before the one at %v has ended", before.At)
			return nil, wrong
		case r.end <= r.first:
			refuse("", "the deploy reaches no box: %d of %d have its release by then", r.first, s.Boxes)
			return nil, wrong
		case !r.isNew && r.Caches != nil:
			refuse("caches", "this deploy goes on with the release of the one at %v, whose caches it has: remove them here", before.At)
		}
		reach, before = r.end, r.Deploy
	}
	return list, wrong
}

// goesOn reports whether the deploy takes the release of the one before to further
// boxes. Two that are the same to the instant have the same way.
func (f Deploy) goesOn(s Scene) bool {
	list, _ := rollouts(s)
	return slices.ContainsFunc(list, func(r rollout) bool { return !r.isNew && reflect.DeepEqual(r.Deploy, f) })
}

// NamesCache reports whether a fault names a cache as one that is known.
func NamesCache(faults []Fault, cache string) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool {
		d, ok := f.(Deploy)
		return ok && slices.Contains(d.Caches, cache)
	})
}
