package live

// loseBox takes a box away, with all that is in its memory and on its disk. Its
// socket stays, and refuses every request.
func (w *World) loseBox(i int) {
	w.crashes.Add(1)
	w.setGone(i, true)
	w.boxes[i].box.Crash()
	if w.disks.of == nil {
		return
	}
	if err := w.disks.of[i].renew(); err != nil {
		w.note("loss of box %d: %v", i, err)
	}
}

// returnBox puts a new box in its place.
func (w *World) returnBox(i int) {
	w.setGone(i, false)
	w.restart(i, "return")
}

func (w *World) setGone(i int, gone bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone == nil {
		w.gone = make(map[int]bool)
	}
	w.gone[i] = gone
}

// restart gives box i a new program, unless the box is gone.
func (w *World) restart(i int, why string) {
	w.mu.Lock()
	gone := w.gone[i]
	w.mu.Unlock()
	if gone {
		return
	}
	if err := w.install(i); err != nil {
		w.note("%s of box %d: %v", why, i, err)
	}
}
