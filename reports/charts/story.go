package charts

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// storyChart is what was before, the tempting fix and the true one, over one time
// axis: response time, failures, and those of the other series that tell most.
func storyChart(s scene) Chart {
	s.points = mostPoints / 2 // a panel is low
	views := s.storyPanels()
	panels := make([]*panel, len(views))
	for i, v := range views {
		panels[i] = &panel{title: v.title, note: growth(v.y), x: s.timeAxis(10), y: v.y.roomy(), marks: s.marks(), plotters: []plotter{lines(v.curves)}}
	}
	panels[len(panels)-1].label = s.timeLabel()
	names := make([]string, len(s.Groups))
	for i, g := range s.Groups {
		names[i] = g.Name
	}
	title, more := storyTitle(s)
	return Chart{
		Name: StoryName, Title: title,
		Subtitle: more + "Over " + s.timeLabel() + ": " + s.source(),
		Reading:  "All panels share one time axis: what was before is red, a tempting fix amber, and what helps blue, green or purple.",
		height:   float64(95 + 118*len(panels)),
		legend:   s.cast(),
		body:     func(c canvas) { drawStack(c, panels, names) },
	}
}

// storyTitle is what the first fix changed, and what the tempting one did.
func storyTitle(s scene) (title, more string) {
	for _, c := range s.Changes {
		switch {
		case c.Role == metrics.Wrong && more == "":
			more = c.String() + ". "
		case c.Role == metrics.After && title == "":
			title = c.String()
		}
	}
	if title == "" {
		return strings.TrimSuffix(more, ". "), ""
	}
	return title, more
}

// cast names the variants with their roles.
func (s scene) cast() (entries []legendEntry) {
	for _, g := range s.Groups {
		name := g.Name
		switch {
		case g.Role == metrics.Wrong:
			name += ", the tempting fix"
		case g.Role != "" && g.Role != name:
			name += ", " + g.Role
		}
		entries = append(entries, legendEntry{name: name, color: ink(g.Color)})
	}
	return entries
}

// The picture of a story has so many panels: the fewest even where little
// changed, if anything did.
const fewestPanels, mostPanels = 3, 4

// storyPanel is what one of its panels shows.
type storyPanel struct {
	title  string
	curves []curve
	y      axis
	weight float64 // of the largest change that a variant made in it
	needed bool
}

// views chooses the panels: latency, failures where there are any, and of the
// others those in which most changed, in the order of the list. Of a burst they
// show what goes on over time, and no figure of the one window it came in.
func (s scene) storyPanels() []storyPanel {
	every := slices.DeleteFunc(s.allStoryPanels(), func(v storyPanel) bool { return len(all(v.curves)) == 0 })
	if window, ok := s.burst(); ok {
		every = slices.DeleteFunc(every, func(v storyPanel) bool { return lone(v.curves) })
		every = slices.Insert(every, 0, s.answeredPanel(window))
	}
	if len(every) == 0 {
		return []storyPanel{{title: "no requests", y: countAxis(1)}}
	}
	ranked := ranking(every)
	noted := max(view.Noteworthy, ranked[0].weight/10)
	chosen := 0
	for _, v := range every {
		if v.needed {
			chosen++
		}
	}
	for i := range ranked {
		if v := &ranked[i]; !v.needed && (v.weight >= noted && chosen < mostPanels || v.weight > 0 && chosen < fewestPanels) {
			v.needed = true
			chosen++
		}
	}
	return slices.DeleteFunc(every, func(v storyPanel) bool {
		return !slices.ContainsFunc(ranked, func(r storyPanel) bool { return r.title == v.title && r.needed })
	})
}

// ranking puts those first in which most changed, and last those that are a few
// lone points, unless one of them changed most.
func ranking(every []storyPanel) []storyPanel {
	ranked := slices.Clone(every)
	slices.SortStableFunc(ranked, func(a, b storyPanel) int { return cmp.Compare(b.weight, a.weight) })
	slices.SortStableFunc(ranked[1:], func(a, b storyPanel) int {
		switch {
		case lone(a.curves) == lone(b.curves):
			return 0
		case lone(a.curves):
			return 1
		}
		return -1
	})
	return ranked
}

func (s scene) allStoryPanels() []storyPanel {
	weights := s.Contrasts()
	weights["age_p99"] = 0 // drawn where it is told, or where little else is to see
	weigh := func(figure string) float64 {
		w, ok := weights[figure]
		if !ok {
			panic("reports: a panel of the figure " + figure + ", which there is not")
		}
		return w
	}
	weights["herd_peak"] *= 0.6 // what it shows is mostly in the loads at once
	timed := func(title, figure string, floor float64, series func(*metrics.Series) []float64) storyPanel {
		curves := s.dense(highest, series)
		return storyPanel{title: title, curves: curves, y: latencyAxis(floor, all(curves)), weight: weigh(figure)}
	}
	counted := func(title, figure string, series func(*metrics.Series) []int64) storyPanel {
		curves := s.curves(highest, func(m *metrics.Series) []float64 { return floats(series(m)) })
		return storyPanel{title: title, curves: curves, y: countAxis(peak(curves)), weight: weigh(figure)}
	}
	hits := s.dense(mean, func(m *metrics.Series) []float64 { return m.HitRatio })
	p99 := timed("response time, p99", "p99", finest, func(m *metrics.Series) []float64 { return m.P99 })
	p99.needed = true
	age := timed("age of values served, oldest", "age_p99", youngest, func(m *metrics.Series) []float64 { return m.AgeMax })
	age.needed = slices.ContainsFunc(s.Changes, func(c view.Change) bool { return slices.Contains(c.Told, "age_p99") })
	failed := s.rated("failed requests", weigh("failures"), highest, s.failuresPerSecond)
	failed.needed = peak(failed.curves) > 0
	return append([]storyPanel{
		p99,
		timed("response time of bystanders, p99", "bystander_p99", finest, func(m *metrics.Series) []float64 { return m.BystanderP99 }),
		s.leaksPanel(weigh("leaks")),
		failed,
		s.rated("loads of the origin", weigh("computes")*0.8, mean, s.computesPerSecond),
		counted("loads at the origin at once", "origin_in_flight_peak", func(m *metrics.Series) []int64 { return m.InFlight }),
		counted("loads of one key at once", "herd_peak", func(m *metrics.Series) []int64 { return m.Herd }),
		s.rated("reads of the shared cache", weigh("cache_gets_per_s"), highest, s.cacheReadsPerSecond),
		{title: "hit ratio", curves: hits, y: shareAxis(), weight: weigh("hit_ratio") * 1.3},
		s.rated("outdated answers", weigh("outdated"), mean, s.outdatedPerSecond),
		timed("time since the write that outdated them, longest", "staleness_max", youngest, func(m *metrics.Series) []float64 { return m.StalenessMax }),
		age,
	}, s.boxPanels()...)
}

// rated is a view of events over time, in the unit that suits them.
func (s scene) rated(title string, weight float64, f fold, perSecond func(*metrics.Series) []float64) storyPanel {
	curves := s.curves(f, perSecond)
	unit := humanize.RateUnit(peak(curves))
	for _, c := range curves {
		c.scale(unit.Seconds)
	}
	y := countAxis(peak(curves))
	for i := range y.ticks {
		y.ticks[i].Label = unit.Write(y.ticks[i].Value)
	}
	return storyPanel{title: title, curves: curves, y: y, weight: weight}
}

// computesPerSecond are the loads begun in every window.
func (s scene) computesPerSecond(m *metrics.Series) []float64 {
	list := floats(m.Computes)
	for i := range list {
		list[i] /= s.seconds(i, i+1)
	}
	return list
}

// cacheReadsPerSecond are the reads of the shared cache in every window.
func (s scene) cacheReadsPerSecond(m *metrics.Series) []float64 {
	list := floats(m.CacheGets)
	for i := range list {
		list[i] /= s.seconds(i, i+1)
	}
	return list
}

// outdatedPerSecond are the answers of every window that a write had outdated; of a
// run without any, none in each.
func (s scene) outdatedPerSecond(m *metrics.Series) []float64 {
	list := make([]float64, len(m.Requests))
	for i, n := range m.Outdated {
		list[i] = float64(n) / s.seconds(i, i+1)
	}
	return list
}

// dense draws curves of a series that has a value where a request came. Where
// requests are rare it takes wider steps, until hardly any is without one.
func (s scene) dense(f fold, series func(*metrics.Series) []float64) []curve {
	for {
		list := s.curves(f, series)
		if s.points <= 40 || holes(list) < 0.1 {
			return list
		}
		s.points /= 2
	}
}

// holes is the share of the points between its first value and its last that
// have none, of the curve that has most of them.
func holes(list []curve) (most float64) {
	for _, c := range list {
		first, last, with := -1, -1, 0
		for i, v := range c.mid {
			if math.IsNaN(v) {
				continue
			}
			if first < 0 {
				first = i
			}
			last = i
			with++
		}
		if with > 0 {
			most = max(most, 1-float64(with)/float64(last-first+1))
		}
	}
	return most
}

// leaksPanel is a panel that a story has where there were any, whatever else changed.
func (s scene) leaksPanel(weight float64) storyPanel {
	v := s.rated("pages shown to others", weight, mean, s.leaksPerSecond)
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
