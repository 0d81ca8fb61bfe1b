package lab

import (
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/workloads"
)

// requests hands the traffic's requests to the world, one by one.
type requests struct {
	traffic *workloads.Workload
	classes []workloads.Class
	caches  []int // the named cache of every class
	sizes   *sizes
	watch   Watch

	drawn   workloads.Request
	given   int64 // to the world
	stopped bool
}

// next is the next request, or false at the end or when the run is to stop.
func (q *requests) next(to *world.Request) bool {
	if q.watch.Stop != nil && q.watch.Stop() {
		q.stopped = true
		return false
	}
	r := &q.drawn
	if !q.traffic.Next(r) {
		return false
	}
	if q.watch.Progress != nil {
		q.watch.Progress(r.At)
	}
	if q.watch.Sent != nil {
		q.watch.Sent(r)
	}
	if r.Key != "" {
		q.sizes.note(r.Key, r.Size)
	}
	q.given++
	*to = world.Request{
		At: r.At, Key: r.Key, Write: r.Op == workloads.Write, Cost: q.classes[r.Class].Cost, Class: r.Class, User: r.User,
		Cache: q.caches[r.Class], Session: q.classes[r.Class].Session,
	}
	return true
}
