package lab

import (
	"fmt"
	"os"
)

// The laws are what must hold of a run whatever the scenario does to it: requests are
// conserved, queues are no longer than they may be, nothing is under way at the end.
// They are asserted at the end of every run, and after every event of virtual time
// where HERDLAB_SOAK is set. A broken one is a mistake of the lab and no result:
// it panics. On the wall the real parts end what they do in their own time, so that
// there only what holds at any moment is asserted.

// lawful is a part of a run that knows what must hold of itself. Ended says that
// nothing may be under way any more.
type lawful interface{ Laws(ended bool) error }

// watchLaws has the laws asserted after every event, if that is asked for and if the
// clock has events.
func (r *run) watchLaws() {
	r.made = r.Clock.Now()
	if c, ok := r.Clock.(interface{ Watch(check func()) }); ok && os.Getenv("HERDLAB_SOAK") != "" {
		c.Watch(func() { r.assertLaws(false) })
	}
}

// assertLaws panics if a law is broken.
func (r *run) assertLaws(ended bool) {
	ended = ended && !r.Wall
	err := r.recorder.summary.Laws(ended)
	if w, ok := r.world.(lawful); ok && err == nil {
		err = w.Laws(ended)
	}
	given, recorded := r.traffic.given, r.recorder.summary.Recorded()
	if err == nil && (recorded > given || ended && recorded < given) {
		err = fmt.Errorf("%d requests were given to the world, and %d have ended", given, recorded)
	}
	if err != nil {
		panic(fmt.Sprintf("lab: a law of the model is broken at %v of the run: %v", r.Clock.Now().Sub(r.made), err))
	}
}
