package metrics

import (
	"fmt"
	"strings"
)

// The kinds of resources, and the names of those of which there is one.
const (
	Workers     = "workers"           // of the boxes
	AcceptQueue = "accept queue"      // before them
	Cores       = "cores"             // of the boxes
	Network     = "network"           // of a cache node
	OriginSlots = "origin slots"      // loads that run at once
	OriginQueue = "origin queue"      // loads that wait for one
	Connections = "front connections" // in pairs: a request takes two
	Waiters     = "lock waiters"      // requests that wait for another's load, inside the boxes
)

// ResourceKinds are all of them, from the way in to the way out.
func ResourceKinds() []string {
	return []string{Connections, AcceptQueue, Workers, Waiters, Cores, Network, OriginQueue, OriginSlots}
}

// NetworkOf is the name of the link of a cache node, as faults number it.
func NetworkOf(node int) string { return fmt.Sprintf("%s of node %d", Network, node) }

// Resource is something that requests take a share of, and how much of it they took,
// outside of every warm-up. Of one that every box has, the boxes are told together. What
// it is to be full, and for how long at least the first time, says package gauge.
type Resource struct {
	Kind     string `json:"kind"`     // network
	Name     string `json:"name"`     // network of node 1
	Number   int    `json:"number"`   // how many there are of it: boxes
	Capacity *int64 `json:"capacity"` // of each: places, cores, links; null without a limit

	// Peak is the most that was taken of one: places at an instant, cores and links in the
	// mean of a window. Mean is over the time and over all.
	Peak float64 `json:"peak"`
	Mean float64 `json:"mean"`

	FullShare   *float64 `json:"full_share"`    // share of the time that the one was full which was so for longest; null without a limit
	FirstFullMS *float64 `json:"first_full_ms"` // when the first of them began to be full for more than a moment; null: none was
	Full        int      `json:"full"`          // how many were so at some time
}

// Resource is the one of a kind that was full for longest, or else in use the most; nil
// without one.
func (r *Run) Resource(kind string) (fullest *Resource) {
	for i := range r.Resources {
		x := &r.Resources[i]
		if x.Kind == kind && (fullest == nil || x.fuller(fullest)) {
			fullest = x
		}
	}
	return fullest
}

// fuller reports whether a resource was full for longer than another of its kind.
func (x *Resource) fuller(than *Resource) bool {
	if x.FullShare != nil && *x.FullShare != *than.FullShare {
		return *x.FullShare > *than.FullShare
	}
	return x.Mean > than.Mean
}

// UseOf is the use of a kind of resource over time: in every window that of the fullest.
// It is nil where nobody used any.
func (s *Series) UseOf(kind string) (most Floats) {
	for name, use := range s.Use { // in any order: the largest is the largest
		if name != kind && !strings.HasPrefix(name, kind+" of ") {
			continue
		}
		if most == nil {
			most = make(Floats, len(use))
		}
		for i, v := range use {
			most[i] = max(most[i], v)
		}
	}
	return most
}
