package charts

import (
	"fmt"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
)

// scene is a view and how finely it is drawn.
type scene struct {
	*view.View
	points int // a line has at most
}

// source says where the figures of a chart come from: scenario and seed.
func (s scene) source() string { return s.Scenario + ", " + s.sampling() }

// sampling names the seed, or says what a line is of several.
func (s scene) sampling() string {
	n := s.Seeds
	if n == 1 {
		return fmt.Sprintf("seed %d", s.Groups[0].Runs[0].Seed)
	}
	return fmt.Sprintf("median of %d seeds, bands from lowest to highest", n)
}

// sourceOfMeans is source for figures that are added up.
func (s scene) sourceOfMeans() string {
	if n := s.Seeds; n > 1 {
		return fmt.Sprintf("%s, mean of %d seeds", s.Scenario, n)
	}
	return s.source()
}

// faultList names the faults in a sentence, for charts whose tiles have no room
// for their names.
func (s scene) faultList() string {
	var list []string
	for _, fault := range s.Faults {
		list = append(list, fmt.Sprintf("%s at %s", fault.Label, humanize.Duration(fault.AtMS)))
	}
	switch n := len(list); {
	case n == 0:
		return ""
	case n > 4:
		list = append(list[:3:3], fmt.Sprintf("%d more", n-3))
	}
	return "; marked: " + strings.Join(list, ", ")
}

// timeAxis is the axis of the run with at most so many steps.
func (s scene) timeAxis(most int) axis { return timeAxis(s.DurationMS, most) }

// timeLabel names the time of the axis: virtual time or wall time.
func (s scene) timeLabel() string { return s.Clock + " time" }

// seconds is how long the windows [from, to) last within the run. What lies
// beyond its end counts as a whole window each.
func (s scene) seconds(from, to int) float64 {
	start, end := float64(from)*s.WindowMS, float64(to)*s.WindowMS
	if start < s.DurationMS {
		end = min(end, s.DurationMS)
	}
	return (end - start) / 1000
}

// legend names the strategies in their colours.
func (s scene) legend() (entries []legendEntry) {
	for _, g := range s.Groups {
		entries = append(entries, legendEntry{name: g.Name, color: ink(g.Color)})
	}
	return entries
}
