package world

import "time"

// Usage is what was asked of the cores of a world's boxes between two instants.
type Usage struct {
	begin, end time.Time
	busy       time.Duration
}

// Begin begins to count.
func (u *Usage) Begin(now time.Time, boxes []*Box) { u.begin, u.busy = now, -demand(boxes) }

// End counts no further. Only the first end counts.
func (u *Usage) End(now time.Time, boxes []*Box) {
	if u.end.IsZero() && !u.begin.IsZero() {
		u.end = now
		u.busy += demand(boxes)
	}
}

// CPU is the mean share of the boxes' cores that was asked for, above 1 where it was
// more than there is; nil where the cores are without limit, and before the end.
func (u *Usage) CPU(boxes []*Box) *float64 {
	cores := 0
	for _, b := range boxes {
		cores += b.cfg.Cores
	}
	if cores == 0 || !u.end.After(u.begin) {
		return nil
	}
	share := float64(u.busy) / float64(u.end.Sub(u.begin)) / float64(cores)
	return &share
}

func demand(boxes []*Box) (sum time.Duration) {
	for _, b := range boxes {
		sum += b.Demand()
	}
	return sum
}
