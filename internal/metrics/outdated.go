package metrics

import "time"

// late is the outdated answers of one window.
type late struct {
	n      int64
	oldest time.Duration // since a newer version was written
}

func (l *late) add(r *Record) {
	if r.Staleness >= 0 {
		l.n++
		l.oldest = max(l.oldest, r.Staleness)
	}
}

// outdated are the outdated answers of every window, and how long the worst had
// been so; nil where there was none at all.
func outdated(windows []window) (counts []int64, oldest Floats) {
	for i := range windows {
		l := windows[i].late
		if l.n == 0 {
			continue
		}
		if counts == nil {
			counts, oldest = make([]int64, len(windows)), empty(len(windows))
		}
		counts[i], oldest[i] = l.n, ms(int64(l.oldest))
	}
	return counts, oldest
}
