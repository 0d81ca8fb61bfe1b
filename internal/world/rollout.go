package world

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Rollout is the way of one deploy over the boxes, which it gives the newest
// release in the order of their numbers.
type Rollout struct {
	Fault int  // its number among the faults
	New   bool // it begins a release; else it goes on with the one before
	First int  // the first box that it gives it
	End   int  // and the one after the last
}

// At is when box i has its turn.
func (r Rollout) At(f FaultConfig, i int) time.Duration {
	return f.At + f.Over*time.Duration(i-r.First)/time.Duration(r.End-r.First)
}

// Rollouts are the deploys among the faults, in the order of time. A deploy that
// finds boxes that the one before did not reach goes on with its release: a
// canary of 10 % is followed by one of 100 %. The error is a [*RolloutError].
func Rollouts(faults []FaultConfig, boxes int) ([]Rollout, error) {
	var order []int
	for i, f := range faults {
		if f.Kind == "deploy" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(faults[a].At, faults[b].At) })
	var list []Rollout
	reach := boxes // that have the newest release
	var before FaultConfig
	for _, i := range order {
		f := faults[i]
		r := Rollout{Fault: i, New: reach == boxes, End: int(math.Ceil(float64(boxes)*f.Boxes - 1e-9))}
		if !r.New {
			r.First = reach
		}
		switch {
		case f.At < before.At+before.Over:
			return nil, &RolloutError{i, fmt.Sprintf("begins before the one at %v has ended", before.At)}
		case r.End <= r.First:
			return nil, &RolloutError{i, fmt.Sprintf("reaches no box: %d of %d have its release by then", r.First, boxes)}
		}
		list = append(list, r)
		reach, before = r.End, f
	}
	return list, nil
}

// RolloutError is a deploy that cannot be.
type RolloutError struct {
	Fault int // its number among the faults
	Msg   string
}

func (e *RolloutError) Error() string { return "the deploy " + e.Msg }

// DeployConfig is how a deploy goes about.
type DeployConfig struct {
	Over   time.Duration `yaml:"over" default:"0s" min:"0s" doc:"deploy: the boxes are restarted one by one over this time; with 0 all at once"`
	Boxes  float64       `yaml:"boxes" default:"100%" unit:"share" min:"0" max:"1" doc:"deploy: share of the boxes that get the release; a later deploy takes the same one to more of them"`
	Caches []string      `yaml:"caches" doc:"deploy: the named caches whose keys get a new version; the default one if left out, none if empty"`
}

// bumped are the named caches whose keys get a new version.
func (d DeployConfig) bumped() []string {
	if d.Caches == nil {
		return []string{DefaultCache}
	}
	return d.Caches
}

// deploys arranges for the deploys among the faults, which a loader has checked.
func (v Victims) deploys(faults []FaultConfig, boxes int, after func(time.Duration, func())) {
	list, _ := Rollouts(faults, boxes)
	for _, r := range list {
		f := faults[r.Fault]
		after(f.At, func() {
			if r.New {
				v.Release(f.bumped())
			}
			v.Deploy(r.First)
			for i := r.First + 1; i < r.End && f.Over == 0; i++ {
				v.Deploy(i)
			}
		})
		for i := r.First + 1; i < r.End && f.Over > 0; i++ {
			after(r.At(f, i), func() { v.Deploy(i) })
		}
	}
}
