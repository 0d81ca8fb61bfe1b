package charts

import (
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// resourcesChart is how full everything was: a tile a kind of resource, two in a row. Of
// several links the fullest is drawn.
func resourcesChart(s scene) Chart {
	s.points = mostPoints / 2 // a tile is half as wide
	var tiles []*panel
	for _, kind := range metrics.ResourceKinds() {
		curves := s.strategyCurves(mean, func(m *metrics.Series) []float64 { return m.UseOf(kind) })
		if highestOf(curves) <= 0 {
			continue
		}
		y := shareAxis()
		if kind == metrics.Waiters { // of which there is no limit
			y = linearAxis(highestOf(curves), 3, humanize.Count)
		}
		p := s.tile(kind, y, curves, 5)
		p.small = true
		tiles = append(tiles, p)
	}
	var rows [][]*panel
	for i := 0; i < len(tiles); i += 2 {
		row := []*panel{tiles[i], nil}
		if i+1 < len(tiles) {
			row[1] = tiles[i+1]
		}
		rows = append(rows, row)
	}
	return Chart{
		Name: "resources", Title: resourcesTitle(s.View), height: float64(120 + 100*len(rows)),
		Subtitle: "share in use, mean of each window, over " + s.timeLabel() + ": " + s.source() + s.faultList(),
		Reading:  "What reaches 100 % first is where to look: what waits for it fills the others. Of boxes and links the fullest is drawn.",
		legend:   s.legend(), body: func(c canvas) { drawPanels(c, rows, 22, 6) },
	}
}

// resourcesTitle says what was full first, with which strategies.
func resourcesTitle(v *view.View) string {
	var order []string
	names := make(map[string][]string)
	for _, f := range v.Full {
		if names[f.Resource] == nil {
			order = append(order, f.Resource)
		}
		names[f.Resource] = append(names[f.Resource], f.Name)
	}
	var parts []string
	for _, resource := range order {
		if resource != "" {
			parts = append(parts, resource+" with "+strings.Join(names[resource], ", "))
		}
	}
	switch idle := names[""]; {
	case len(parts) == 0:
		return "Nothing is full for long, with any strategy"
	case len(idle) > 0:
		parts = append(parts, "nothing with "+strings.Join(idle, ", "))
	}
	return "Full first: " + strings.Join(parts, "; ")
}

// hasResources reports whether somebody measured how full anything was.
func hasResources(r *metrics.Run) bool { return len(r.Series.Use) > 0 }
