package world

import "time"

// loseBox takes a box away, with all that is in its memory and on its disk. Who
// asks it meanwhile is refused.
func (w *World) loseBox(i int) {
	w.crashes++
	w.gone[i] = true
	w.boxes[i].Crash()
	if w.disks != nil {
		w.disks[i].Wipe()
	}
}

// returnBox puts a new box in its place.
func (w *World) returnBox(i int) {
	delete(w.gone, i)
	w.restart(i)
}

// restart gives box i a new program, unless the box is gone.
func (w *World) restart(i int) {
	if !w.gone[i] {
		w.must(w.install(i))
	}
}

// culls has the disks culled by a timer, until the traffic ends.
func (v Victims) culls(f FaultConfig, duration time.Duration, after func(time.Duration, func())) {
	for at := f.At; at < duration; at += f.Every {
		after(at, v.CullDisks)
		if f.Every == 0 {
			return
		}
	}
}

// cullDisks has a program beside the workers cull the disk of every box.
func (w *World) cullDisks() {
	for _, d := range w.disks {
		w.clock.Go("cull", func() { _ = d.ForceCull(background) })
	}
}
