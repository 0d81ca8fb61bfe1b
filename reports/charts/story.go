package charts

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// storyChart is what was before, the tempting fix and the true one, over one time
// axis: response time, failures, and those of the other series that tell most.
func storyChart(s scene) Chart {
	s.points = mostPoints / 2 // a panel is low
	topics := storyTopics(s)
	panels := make([]*panel, len(topics))
	for i, t := range topics {
		panels[i] = s.tile(t.title, t.y.withFewerTicks(), t.curves, 10)
	}
	panels[len(panels)-1].label = s.timeLabel()
	names := make([]string, len(s.Groups))
	for i, g := range s.Groups {
		names[i] = g.Name
	}
	title, more := storyTitle(s)
	return Chart{
		Name: StoryName, Title: title,
		Subtitle: more + "Over " + s.timeLabel() + ", requests when they arrive, loads while they run: " + s.source(),
		Reading:  "All panels share one time axis: what was before is red, a tempting fix amber, and what helps blue, green or purple.",
		height:   float64(95 + 118*len(panels)),
		legend:   storyLegend(s),
		body:     func(c canvas) { drawColumn(c, panels, names) },
	}
}

// StoryPanel is one of the panels of the story's picture, for a page that draws them.
type StoryPanel struct {
	Title string
	Unit  figures.Unit
	Per   string      // behind a number: /min
	At    []float64   // in ms of the run, for every point of a line
	Lines []StoryLine // in the order of the strategies
}

// StoryLine is the median over the seeds at every point, and the lowest and the highest of
// them, nil where the seeds agree; NaN is a gap.
type StoryLine struct{ Mid, Low, High []float64 }

// Story are the panels of the picture of a story, from the top; none where a file tells
// none.
func Story(v *view.View) (list []StoryPanel) {
	if !v.TellsStory() {
		return nil
	}
	for _, t := range storyTopics(scene{v, mostPoints / 2}) {
		p := StoryPanel{Title: t.title, Unit: t.unit, Per: t.per}
		for _, c := range t.curves {
			if len(c.x) > len(p.At) {
				p.At = c.x
			}
			line := StoryLine{Mid: c.mid}
			if c.spread {
				line.Low, line.High = c.low, c.high
			}
			p.Lines = append(p.Lines, line)
		}
		if len(p.At) > 0 {
			list = append(list, p)
		}
	}
	return list
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

// storyLegend names the variants with their roles.
func storyLegend(s scene) (entries []legendEntry) {
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
const fewestTopics, mostTopics = 3, 4

// topic is what a panel of the story can show.
type topic struct {
	title  string
	curves []curve
	y      axis
	unit   figures.Unit
	per    string  // behind the unit: /min
	weight float64 // of the largest change that a variant made in it
	needed bool    // whatever its weight
}

// storyTopics chooses what the panels show: latency, failures where there are any,
// and of the others those in which most changed, in the order of the list. Of a
// burst they show what goes on over time, and no figure of the one window it came
// in.
func storyTopics(s scene) []topic {
	every := slices.DeleteFunc(allTopics(s), func(t topic) bool { return len(valuesOf(t.curves)) == 0 })
	if window, ok := burstWindow(s); ok {
		every = slices.DeleteFunc(every, func(t topic) bool { return areLone(t.curves) })
		every = slices.Insert(every, 0, answeredTopic(s, window))
	}
	if len(every) == 0 {
		return []topic{{title: "no requests", y: countAxis(1)}}
	}
	ranked := rankTopics(every) // copies: every keeps the order in which they are drawn
	// What hardly changed beside what changed most is no news, though it changed.
	noted := max(view.Noteworthy, ranked[0].weight/10)
	chosen := make(map[string]bool) // by title
	for _, t := range every {
		if t.needed {
			chosen[t.title] = true
		}
	}
	for _, t := range ranked {
		if n := len(chosen); t.weight >= noted && n < mostTopics || t.weight > 0 && n < fewestTopics {
			chosen[t.title] = true
		}
	}
	return slices.DeleteFunc(every, func(t topic) bool { return !chosen[t.title] })
}

// rankTopics puts those first in which most changed, and last those that are a few
// lone points, unless one of them changed most.
func rankTopics(every []topic) []topic {
	ranked := slices.Clone(every)
	slices.SortStableFunc(ranked, func(a, b topic) int { return cmp.Compare(b.weight, a.weight) })
	slices.SortStableFunc(ranked[1:], func(a, b topic) int {
		switch {
		case areLone(a.curves) == areLone(b.curves):
			return 0
		case areLone(a.curves):
			return 1
		}
		return -1
	})
	return ranked
}

// allTopics are what there is to choose from. Their weights are those of the
// figures that they show, some more and some less: what a curve shows well is worth
// more than a number says, and what another curve shows too is worth less.
func allTopics(s scene) []topic {
	weights := s.Contrasts()
	weights["age_p99"] = 0 // drawn where it is told, or where little else is to see
	weigh := func(figure string) float64 {
		w, ok := weights[figure]
		if !ok {
			panic("charts: a panel of the figure " + figure + ", which there is not")
		}
		return w
	}
	weights["herd_peak"] *= 0.6 // what it shows is mostly in the loads at once
	timed := func(title, figure string, floor float64, series func(*metrics.Series) []float64) topic {
		curves := s.denseCurves(highest, series)
		return topic{title: title, curves: curves, y: latencyAxis(floor, valuesOf(curves)), unit: figures.Latency, weight: weigh(figure)}
	}
	counted := func(title, figure string, series func(*metrics.Series) []int64) topic {
		curves := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return numbers(series(m)) })
		return topic{title: title, curves: curves, y: countAxis(highestOf(curves)), unit: figures.Count, weight: weigh(figure)}
	}
	hits := s.denseCurves(mean, func(m *metrics.Series) []float64 { return m.HitRatio })
	p99 := timed("response time, p99", "p99", finest, func(m *metrics.Series) []float64 { return m.P99 })
	p99.needed = true
	age := timed("age of values served, oldest", "age_p99", youngest, func(m *metrics.Series) []float64 { return m.AgeMax })
	age.needed = slices.ContainsFunc(s.Changes, func(c view.Change) bool { return slices.Contains(c.Told, "age_p99") })
	failures := ratedTopic(s, "failed requests", weigh("failures"), highest, s.perSecond(failed))
	failures.needed = highestOf(failures.curves) > 0
	leaks := ratedTopic(s, "pages shown to others", weigh("leaks"), mean, s.perSecond(func(m *metrics.Series) []int64 { return orNone(m, m.Leaks) }))
	leaks.needed = highestOf(leaks.curves) > 0 // whatever else changed
	return append([]topic{
		p99,
		timed("response time of bystanders, p99", "bystander_p99", finest, func(m *metrics.Series) []float64 { return m.BystanderP99 }),
		leaks,
		failures,
		ratedTopic(s, "loads of the origin", weigh("computes")*0.8, mean, s.perSecond(func(m *metrics.Series) []int64 { return m.Computes })),
		counted("loads at the origin at once", "origin_in_flight_peak", func(m *metrics.Series) []int64 { return m.InFlight }),
		counted("loads of one key at once", "herd_peak", func(m *metrics.Series) []int64 { return m.Herd }),
		ratedTopic(s, "reads of the shared cache", weigh("cache_gets_per_s"), highest, s.perSecond(func(m *metrics.Series) []int64 { return m.CacheGets })),
		{title: "hit ratio", curves: hits, y: shareAxis(), unit: figures.Share, weight: weigh("hit_ratio") * 1.3},
		ratedTopic(s, "outdated answers", weigh("outdated"), mean, s.perSecond(func(m *metrics.Series) []int64 { return orNone(m, m.Outdated) })),
		timed("time since the write that outdated them, longest", "staleness_max", youngest, func(m *metrics.Series) []float64 { return m.StalenessMax }),
		age,
	}, boxTopics(s)...)
}

// ratedTopic is of events over time, in the unit that suits them: a rate of a few
// an hour would be a row of zeros in seconds.
func ratedTopic(s scene, title string, weight float64, f fold, perSecond func(*metrics.Series) []float64) topic {
	curves := s.strategyCurves(f, perSecond)
	unit := humanize.RateUnit(highestOf(curves))
	for _, c := range curves {
		c.scale(unit.Seconds)
	}
	y := countAxis(highestOf(curves))
	for i := range y.ticks {
		y.ticks[i].Label = unit.Write(y.ticks[i].Value)
	}
	return topic{title: title, curves: curves, y: y, unit: figures.PerSecond, per: "/" + unit.Letter, weight: weight}
}

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

// answeredTopic is the share of a burst that has its answer, be it a failure, over
// time. It takes the place of the response time where all requests came at once, and
// counts from the beginning of their window.
func answeredTopic(s scene, window int) topic {
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
	return topic{title: "requests that have their answer, or their failure", curves: list, y: shareAxis(), unit: figures.Share, needed: true}
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

// areLone reports whether curves are no more than single points.
func areLone(list []curve) bool {
	return !slices.ContainsFunc(list, func(c curve) bool { return len(c.points()) > 1 })
}

// overviewChart is the scenario at a glance: four tiles with one legend.
func overviewChart(s scene) Chart {
	s.points = mostPoints / 2 // a tile is half as wide
	p99 := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return m.EffectiveP99 })
	herd := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return numbers(m.Herd) })
	hits := s.strategyCurves(mean, func(m *metrics.Series) []float64 { return m.HitRatio })
	latency := topic{title: "effective p99", y: latencyAxis(finest, valuesOf(p99)), curves: p99}
	if window, ok := burstWindow(s); ok {
		latency = answeredTopic(s, window)
	}
	tile := func(t topic) *panel {
		p := s.tile(t.title, t.y, t.curves, 5)
		p.small = true
		return p
	}
	panels := [][]*panel{
		{tile(latency), tile(ratedTopic(s, "failed requests", 0, highest, s.perSecond(failed)))},
		{
			tile(topic{title: "herd: loads of one key at once", y: countAxis(highestOf(herd)), curves: herd}),
			tile(topic{title: "hit ratio", y: shareAxis(), curves: hits}),
		},
	}
	title := s.Scenario
	if s.About != "" {
		title += ": " + s.About
	}
	return Chart{
		Name: overviewName, Title: title,
		Subtitle: "over " + s.timeLabel() + ", requests when they arrive, loads while they run, " + s.sampling() + s.faultList(),
		Reading:  "The same strategies in the same colours in every tile; latency, failures and herd are better low, the hit ratio is better high.",
		legend:   s.legend(), body: func(c canvas) { drawPanels(c, panels, 22, 8) },
	}
}
