package world

import (
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// Scene is what the faults of a scenario find.
func (c Config) Scene() fault.Scene {
	cache := c.Fleet.Cache
	return fault.Scene{
		Duration: c.Duration, Boxes: c.Fleet.Boxes, Nodes: cache.Nodes, AllNodes: cache.AllNodes(), Gutter: cache.Gutter,
		Warmers: len(c.Fleet.Warmers), Caches: c.Named(), Faults: c.Faults,
		InProcess: cache.Values == tier.InProcess, Disk: c.Fleet.Disk != nil, Front: c.Fleet.Front != nil,
	}
}

// scheduleFaults arranges for the faults of the scenario, counted from now.
func (w *World) scheduleFaults() {
	for _, i := range fault.CrashingBoxes(w.cfg.Faults) {
		w.boxes[i].ExpectCrash()
	}
	fault.Schedule(w, w.cfg.Scene(), w.After)
}

// After has a fault happen once d has passed, unless the world is closed by then.
// The lock is what Close waits for on the wall, where a fault may take its time.
func (w *World) After(d time.Duration, do func()) {
	w.clock.AfterFunc(d, func() {
		w.faults.RLock()
		defer w.faults.RUnlock()
		if !w.Closed() {
			do()
		}
	})
}

// StopNode ends a cache node.
func (w *World) StopNode(i int, how fault.Outage) {
	w.atNode("loss", i, w.tier.StopNode(i, how))
}

// StartNode has a node answer again after such an end. Only after a crash it is empty.
func (w *World) StartNode(i int, how fault.Outage) {
	w.atNode("return", i, w.tier.StartNode(i, how))
}

// FlushNode has a node forget everything, locks included: whoever holds one does not
// know that another may take it.
func (w *World) FlushNode(i int) { w.atNode("flush", i, w.tier.FlushNode(i)) }

// ListNode puts a node on the list that all clients have, or takes it off.
func (w *World) ListNode(i int, on bool) { w.atNode("a change of the list", i, w.tier.ListNode(i, on)) }

// atNode notes why a fault of a node could not be had.
func (w *World) atNode(what string, i int, err error) {
	if err != nil {
		w.addNote("%s of node %d: %v", what, i, err)
	}
}

// ChangeOrigin has faults of the origin begin and end. Two that go on at once change
// different fields, so that the end of one does not end the other.
func (w *World) ChangeOrigin(change func(*fault.OriginState)) {
	if err := w.origin.Change(change); err != nil {
		w.addNote("a fault of the origin: %v", err)
	}
}

// CrashBox loses a box and starts it anew at once. Locks that it held live out their
// time.
func (w *World) CrashBox(i int) {
	w.takeBox(i, false)
	w.restartBox(i, "restart")
}

// LoseBox takes a box away, with all that is in its memory and on its disk. Whoever
// asks it is refused until ReturnBox.
func (w *World) LoseBox(i int) {
	w.takeBox(i, true)
	if w.disks == nil {
		return
	}
	if err := w.disks[i].Wipe(); err != nil {
		w.addNote("loss of box %d: %v", i, err)
	}
}

// takeBox crashes a box. Gone says that it stays away, which a deploy in between
// does not change.
func (w *World) takeBox(i int, gone bool) {
	w.mu.Lock()
	w.crashes++
	w.gone[i] = w.gone[i] || gone
	w.mu.Unlock()
	w.boxes[i].Crash()
}

// ReturnBox puts a new box in the place of one that is lost.
func (w *World) ReturnBox(i int) {
	w.mu.Lock()
	delete(w.gone, i)
	w.mu.Unlock()
	w.restartBox(i, "return")
}

// BeginRelease begins a release, which gives the keys of some named caches a new
// version. No box has it yet; what serves the whole fleet has it at once.
func (w *World) BeginRelease(caches []string) {
	w.releases.Begin(caches)
	prefixes := w.prefixes(w.releases.Newest())
	for _, s := range w.shared {
		if err := s.client.Use(prefixes[s.name]); err != nil {
			w.addNote("release: %v", err)
		}
	}
}

// DeployBox restarts a box with the newest release: jobs under way are served to
// their end by the program that began them.
func (w *World) DeployBox(i int) {
	w.releases.Give(i)
	w.restartBox(i, "deploy")
}

// restartBox gives box i a new program, unless the box is gone.
func (w *World) restartBox(i int, why string) {
	w.mu.Lock()
	gone := w.gone[i]
	w.mu.Unlock()
	if gone {
		return
	}
	if err := w.installBox(i); err != nil {
		w.addNote("%s of box %d: %v", why, i, err)
	}
}

// CullDisks has a program beside the workers cull the disk of every box, all at
// once. Culling takes time, and so it is no part of the fault itself, which must not
// wait.
func (w *World) CullDisks() {
	for i, d := range w.disks {
		w.clock.Go("cull", func() {
			if err := d.ForceCull(background); err != nil {
				w.addNote("cull of box %d: %v", i, err)
			}
		})
	}
}

// Readmit gives the balancer its order.
func (w *World) Readmit(order fault.Readmit) { w.Balancer.Readmit(order) }

// StopWarmers tells the warmers when to stop.
func (w *World) StopWarmers(at, takes time.Duration) { w.env.Warmers.StopWarmers(at, takes) }

// CacheSessions has the pages of those who are signed in cached, or not any more.
func (w *World) CacheSessions(cached bool) {
	if err := w.front.CacheSessions(cached); err != nil {
		w.addNote("the pages of sessions: %v", err)
	}
}

// noted is how many notes are kept. The first ones say what went wrong, and what
// follows from it can be thousands.
const noted = 10

// addNote keeps what an operator would have seen.
func (w *World) addNote(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.notes) < noted {
		w.notes = append(w.notes, fmt.Sprintf(format, args...))
	}
}
