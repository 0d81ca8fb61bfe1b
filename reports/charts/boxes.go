package charts

import (
	"fmt"
	"image/color"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// busy is the share of its cores from which a box's CPU is worth a look.
const busy = 0.25

// boxesChart is what the boxes were doing: a row for each strategy, their CPU on
// the left, on one scale, if one of them was ever busy, and the entries of their
// file caches on the right, each row on a scale of its own.
func boxesChart(s scene) Chart {
	cpu, busiest := boxCurves(s, boxCPU)
	chart := Chart{
		Name: "boxes", Title: boxesTitle(s), height: float64(85 + 92*len(s.Groups)),
		Subtitle: "entries in the file cache of every box (scales differ), over " + s.timeLabel() + ": " + s.source() + s.faultList(),
		Reading:  "Entries that rise and fall are a cull's saw-tooth; those that only rise are never culled.",
	}
	if busiest > busy {
		s.points = mostPoints / 2 // a tile is half as wide
		cpu, _ = boxCurves(s, boxCPU)
		chart.Subtitle = "CPU asked of every box as a share of its cores, and " + chart.Subtitle
		chart.Reading = "A box that asks for more than 100 % falls behind; one that the balancer has taken out falls idle. " + chart.Reading
	}
	// Entries are not on one scale: a cache of 300 beside one of 20,000 would be a flat
	// line, and its saw-tooth is what there is to be seen.
	entries, _ := boxCurves(s, boxEntries)
	panels := make([][]*panel, len(s.Groups))
	boxes := 0
	for i, g := range s.Groups {
		tile := func(what, note string, y axis, curves []curve) {
			p := s.tile(g.Name+": "+what, y, curves, 5)
			p.note, p.small = note, true
			panels[i] = append(panels[i], p)
		}
		if busiest > busy {
			tile("CPU", ejectionsNote(s, g), linearAxis(busiest, 3, humanize.Percent), cpu[i])
		}
		tile("entries", "", linearAxis(highestOf(entries[i]), 3, humanize.Count), entries[i])
		boxes = max(boxes, len(entries[i]))
	}
	chart.body = func(c canvas) { drawPanels(c, panels, 22, 6) }
	for i := range boxes {
		chart.legend = append(chart.legend, legendEntry{name: fmt.Sprintf("box %d", i), color: boxColor(i)})
	}
	return chart
}

// boxColor tells boxes apart. They are none of the strategies.
func boxColor(i int) color.NRGBA {
	return ink([...]view.Color{0x2E6FB7, 0xDB7C1D, 0x1B8A5A, 0x8E4EC6, 0x12A5B8, 0xDB4C97, 0x7A4B2B, 0x4A5568}[i%8])
}

// boxCPU and boxEntries are what is drawn of a box.
func boxCPU(b metrics.BoxSeries) []float64     { return b.CPU }
func boxEntries(b metrics.BoxSeries) []float64 { return numbers(b.Entries) }

// hasBoxes reports whether a run says what its boxes did.
func hasBoxes(r *metrics.Run) bool { return len(r.Series.Boxes) > 0 }

// boxSeries reads a series off one box of a run, which may not have it.
func boxSeries(box int, of func(metrics.BoxSeries) []float64) func(*metrics.Series) []float64 {
	return func(m *metrics.Series) []float64 {
		if box >= len(m.Boxes) {
			return nil
		}
		return of(m.Boxes[box])
	}
}

// boxCurves draws one line for every box of every strategy.
func boxCurves(s scene, of func(metrics.BoxSeries) []float64) (list [][]curve, top float64) {
	list = make([][]curve, len(s.Groups))
	for i, g := range s.Groups {
		for box := range g.Runs[0].Series.Boxes {
			c := s.strategyCurve(g, highest, boxSeries(box, of))
			c.color = boxColor(box)
			list[i] = append(list[i], c)
		}
		top = max(top, highestOf(list[i]))
	}
	return list, top
}

// ejectionsNote says how often a box of the strategy was taken out, if one was.
func ejectionsNote(s scene, g view.Group) string {
	if n := s.Median(g, "ejections"); n > 0 {
		return ", ejected " + writeTimes(n)
	}
	return ""
}

// boxesTitle says how often the balancer took a box out, or else how much the boxes
// kept.
func boxesTitle(s scene) string {
	out, kept := s.medians("ejections"), s.medians("entries_peak")
	if low, high, _ := lowestAndHighest(out, figures.Lower); high.value > 0 {
		if low.value == high.value {
			return fmt.Sprintf("The balancer takes boxes out %s", writeTimes(high.value))
		}
		return fmt.Sprintf("The balancer takes boxes of %s out %s, of %s %s", high.Name, writeTimes(high.value), low.Name, writeTimes(low.value))
	}
	one := "A box keeps up to {highest} entries"
	return contrast{none: one, one: one, alike: one, apart: "A box of {low} keeps up to {lowest} entries, of {high} up to {highest}"}.title(kept, humanize.Count)
}

// boxTopics are the panels of a story about file caches: the first box.
func boxTopics(s scene) []topic {
	if !s.Any(hasBoxes) {
		return nil
	}
	// The first box stands for all: boxes are alike, and one line a strategy can be
	// compared, where a line a box could not.
	cpu, entries := s.strategyCurves(highest, boxSeries(0, boxCPU)), s.strategyCurves(highest, boxSeries(0, boxEntries))
	return []topic{
		{title: "CPU asked of the first box", curves: cpu, y: linearAxis(max(highestOf(cpu), 0.1), 4, humanize.Percent), unit: figures.Share, needed: highestOf(cpu) > busy},
		{title: "entries in the file cache of the first box", curves: entries, y: countAxis(highestOf(entries)), unit: figures.Count, needed: true},
	}
}
