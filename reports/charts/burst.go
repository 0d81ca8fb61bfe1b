package charts

import (
	"math"

	"github.com/herdlab/herdlab/internal/metrics"
)

// burstWindow is the window in which all requests of all runs were sent, if there is
// only one: a figure of the requests of each window is then a single point.
func burstWindow(s scene) (window int, ok bool) {
	window = -1
	for _, run := range s.Runs {
		for i, n := range run.Series.Requests {
			if n > 0 && i != window {
				if window >= 0 {
					return 0, false
				}
				window = i
			}
		}
	}
	return window, window >= 0 && len(s.Runs[0].Series.Requests) > 1
}

// answeredCurves draws the share of a burst that has its answer, be it a failure, over
// time. The requests count from the beginning of their window.
func answeredCurves(s scene, window int) []curve {
	const points = mostPoints / 2
	list := make([]curve, len(s.Groups))
	for i, g := range s.Groups {
		list[i].color = ink(g.Color)
		took := make([][]metrics.Percentile, len(g.Runs))
		for j, run := range g.Runs {
			took[j] = run.Distribution()
		}
		for p := range points {
			at := s.DurationMS * float64(p) / (points - 1)
			shares := make([]float64, len(took))
			for j, points := range took {
				shares[j] = shareWithin(points, at-float64(window)*s.WindowMS)
			}
			list[i].add(at, shares)
		}
	}
	return list
}

// shareWithin is the share of the requests that took at most ms.
func shareWithin(points []metrics.Percentile, ms float64) float64 {
	if len(points) == 0 {
		return math.NaN()
	}
	share := 0.0
	for _, p := range points {
		if p.MS > ms {
			break
		}
		share = p.Share
	}
	return share
}

// answeredTopic takes the place of the response time over time where all requests
// came at once.
func answeredTopic(s scene, window int) topic {
	return topic{title: "requests that have their answer, or their failure", curves: answeredCurves(s, window), y: shareAxis(), needed: true}
}

// areLone reports whether curves are no more than single points.
func areLone(list []curve) bool {
	for _, c := range list {
		n := 0
		for _, v := range c.mid {
			if !math.IsNaN(v) {
				n++
			}
		}
		if n > 1 {
			return false
		}
	}
	return true
}
