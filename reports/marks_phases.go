package reports

import (
	"slices"

	"gonum.org/v1/plot/vg"

	"github.com/herdlab/herdlab/internal/metrics"
)

const (
	phaseRows   = 2
	smallPhase  = 7.5 // letters of a phase that is narrower than its name
	phaseMargin = 4   // between two names
)

// phaseLabels places the names of the phases on a width. One that is wider than its
// phase is set in smaller letters about its middle, and above the others where it
// would touch one. What has no room in either row is left out.
func (m *marks) phaseLabels(width vg.Length) (list []markLabel) {
	x := func(ms float64) vg.Length { return width * vg.Length(min(max(ms/m.end, 0), 1)) }
	var narrow []metrics.PhaseMark
	for _, p := range m.phases {
		l := markLabel{text: clean(phaseName(p)), at: p.FromMS, size: 9}
		if w := l.width(); w <= x(p.ToMS)-x(p.FromMS)-phaseMargin {
			l.x = (x(p.FromMS) + x(p.ToMS) - w) / 2
			list = append(list, l)
		} else {
			narrow = append(narrow, p)
		}
	}
	for _, p := range narrow {
		l := markLabel{at: p.FromMS, size: smallPhase}
		l.text = shorten(letters(l.size, inkFaint), phaseName(p), width/4)
		w := l.width()
		l.x = min(max((x(p.FromMS)+x(p.ToMS)-w)/2, 0), width-w)
		for l.row < phaseRows && slices.ContainsFunc(list, l.touches) {
			l.row++
		}
		if l.row < phaseRows {
			list = append(list, l)
		}
	}
	return list
}

func phaseName(p metrics.PhaseMark) string {
	if p.WarmUp {
		return p.Name + " (not counted)"
	}
	return p.Name
}

func (l markLabel) width() vg.Length { return letters(l.size, inkFaint).Width(l.text) }

// touches reports whether two labels of one row are too near each other.
func (l markLabel) touches(o markLabel) bool {
	return l.row == o.row && l.x < o.x+o.width()+phaseMargin && o.x < l.x+l.width()+phaseMargin
}
