package world

import "time"

// Work does something real on one of the box's cores, when one is free, and says
// how long it took. Others find the core taken for as long as was guessed, which
// is put right when the work is done.
func (b *Box) Work(guess time.Duration, do func()) (took time.Duration) {
	b.mu.Lock()
	now := b.clock.Now()
	start := b.cpu.reserve(now, guess)
	b.mu.Unlock()
	if wait := start.Sub(now); wait > 0 {
		_ = b.clock.Sleep(background, wait)
	}
	begun := b.clock.Now()
	do()
	took = b.clock.Now().Sub(begun)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cpu.correct(took - guess)
	return took
}

// correct makes the core that is free first be so later, or earlier.
func (s *station) correct(by time.Duration) {
	s.busy += by
	if len(s.free) > 0 {
		s.free[0] = s.free[0].Add(by)
		s.sink()
	}
}
