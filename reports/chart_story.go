package reports

import (
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
)

// storyName is the chart of a file that tells a story.
const storyName = "before-after"

// storyChart is what was before, the tempting fix and the true one, over one time
// axis: response time, failures, and those of the other series that tell most.
func storyChart(s scene) Chart {
	s.points = mostPoints / 2 // a panel is low
	views := s.views()
	panels := make([]*panel, len(views))
	for i, v := range views {
		panels[i] = &panel{title: v.title, note: growth(v.y), x: s.timeAxis(10), y: v.y.roomy(), marks: s.marks(), plotters: []plotter{lines(v.curves)}}
	}
	panels[len(panels)-1].label = s.timeLabel()
	names := make([]string, len(s.groups))
	for i, g := range s.groups {
		names[i] = g.name
	}
	title, more := storyTitle(s)
	return Chart{
		Name: storyName, Title: title,
		Subtitle: more + "Over " + s.timeLabel() + ": " + s.source(),
		Reading:  "All panels share one time axis: what was before is red, a tempting fix amber, and what helps blue, green or purple.",
		height:   float64(95 + 118*len(panels)),
		legend:   s.cast(),
		body:     func(c canvas) { drawStack(c, panels, names) },
	}
}

// storyTitle is what the first fix changed, and what the tempting one did.
func storyTitle(s scene) (title, more string) {
	for _, c := range Changes(s.file) {
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
	for _, g := range s.groups {
		name := g.name
		switch {
		case g.role == metrics.Wrong:
			name += ", the tempting fix"
		case g.role != "" && g.role != name:
			name += ", " + g.role
		}
		entries = append(entries, legendEntry{name: name, color: ink(g.ink)})
	}
	return entries
}
