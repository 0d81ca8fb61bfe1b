package world

import "slices"

// ExpectCrash makes the box keep the list of its jobs under way.
func (b *Box) ExpectCrash() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.working == nil {
		b.working = make(map[*Job]struct{})
	}
}

// Crash loses everything inside the box: its clients see their connections
// reset (Rejected), what its strategy still does reaches nobody, so that the
// locks it held live out their time, and it asks nothing more of the origin. The
// box is back, with new workers, when the caller installs something.
func (b *Box) Crash() {
	b.mu.Lock()
	b.life++
	if b.inside != nil {
		b.inside.Kill()
		b.inside = nil
	}
	var lost []*Job
	for j := range b.working {
		lost = append(lost, j)
	}
	for b.queue.n > 0 {
		lost = append(lost, b.queue.pop())
	}
	clear(b.working)
	b.busy = 0
	b.mu.Unlock()
	slices.SortFunc(lost, func(a, b *Job) int { return int(a.seq) - int(b.seq) })
	for _, j := range lost {
		j.lost = true
		j.Done(j)
	}
}
