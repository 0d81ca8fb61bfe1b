package reports

import "github.com/herdlab/herdlab/internal/metrics"

// shownToOthers names what must not be: a page of one user's that another is served.
const shownToOthers = "pages shown to others"

func leaked(r *metrics.Run) float64 { return float64(r.Leaks) }

// leakView is a panel that a story has where there were any, whatever else changed.
func (s scene) leakView(weight float64) view {
	v := s.rated(shownToOthers, weight, mean, s.leaksPerSecond)
	v.needed = peak(v.curves) > 0
	return v
}

// leaksPerSecond are the leaks of every window; of a run without any, none in each.
func (s scene) leaksPerSecond(m *metrics.Series) []float64 {
	list := make([]float64, len(m.Requests))
	for i, n := range m.Leaks {
		list[i] = float64(n) / s.seconds(i, i+1)
	}
	return list
}
