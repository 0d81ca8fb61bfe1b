package charts

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/herdlab/herdlab/internal/metrics"
)

const (
	markRow  = 12 // height of a row of labels
	markRows = 5  // of fault labels; what does not fit is only drawn
)

// marks are the faults and phases of a run: a pale band where a fault of all
// strategies lasts and a line where one begins, a faint line between phases, and their names above
// the picture.
type marks struct {
	faults []metrics.FaultMark
	causes []metrics.FaultMark // what the fleet did by itself: a faint dotted line
	phases []metrics.PhaseMark
	end    float64 // of the run, ms
}

// Plot draws bands and lines, to lie below everything else.
func (m *marks) Plot(c draw.Canvas, p *plot.Plot) {
	x := func(ms float64) vg.Length { return c.X(p.X.Norm(min(max(ms, 0), m.end))) }
	for _, phase := range m.phases {
		if phase.WarmUp {
			c.SetColor(ink(inkWarmUp))
			c.Fill(rectangle(x(phase.FromMS), c.Min.Y, x(phase.ToMS), c.Max.Y))
		}
	}
	for _, phase := range m.phases {
		for _, at := range []float64{phase.FromMS, phase.ToMS} {
			if at > 0 && at < m.end {
				style := lineStyle(ink(inkAxis), 0.75)
				style.Dashes = []vg.Length{2, 3}
				c.StrokeLine2(style, x(at), c.Min.Y, x(at), c.Max.Y)
			}
		}
	}
	for _, cause := range m.causes {
		style := lineStyle(ink(inkFaint), 0.75)
		style.Dashes = []vg.Length{1, 2}
		c.StrokeLine2(style, x(cause.AtMS), c.Min.Y, x(cause.AtMS), c.Max.Y)
	}
	for _, fault := range m.faults {
		if m.isShaded(fault) {
			c.SetColor(translucent(ink(inkFault), 0.09))
			c.Fill(rectangle(x(fault.AtMS), c.Min.Y, x(*fault.UntilMS), c.Max.Y))
		}
		c.StrokeLine2(lineStyle(translucent(ink(inkFault), 0.55), 0.75), x(fault.AtMS), c.Min.Y, x(fault.AtMS), c.Max.Y)
	}
}

// markLabel is the name of a fault or a phase and where it stands: a row, counted from
// the lowest, and an offset from the left.
type markLabel struct {
	text  string
	x     vg.Length
	row   int
	style text.Style
}

// labels are all names above a picture of a width, those of the phases above those of
// the faults.
func (m *marks) labels(width vg.Length) []markLabel {
	list := m.faultLabels(width)
	rows := rowsOf(list)
	for _, l := range m.phaseLabels(width) {
		l.row += rows
		list = append(list, l)
	}
	return list
}

// faultLabels places the names of the faults on a width, each right of its line and
// in the lowest row that is free, or left of it at the end of the run. Names
// without a free row are left out.
func (m *marks) faultLabels(width vg.Length) (list []markLabel) {
	// Greedy, the faults in the order of the file and then the causes: each row takes the
	// first name that fits.
	var free [markRows]vg.Length // per row, up to where it is taken
	for i, fault := range slices.Concat(m.faults, m.causes) {
		style := textStyle(9, inkFault)
		if i >= len(m.faults) {
			style = textStyle(smallPhase, inkFaint)
		}
		name := shortenText(style, fault.Label, width/2)
		x := width * vg.Length(min(max(fault.AtMS/m.end, 0), 1))
		w := style.Width(name)
		x = min(x, width-w)
		for row := range free {
			if free[row] <= x {
				free[row] = x + w + 8
				list = append(list, markLabel{text: name, x: x, row: row, style: style})
				break
			}
		}
	}
	return list
}

// isShaded reports whether a fault has a band: it lasts, for all strategies, and not
// from the beginning to the end, where a band would set nothing apart.
func (m *marks) isShaded(fault metrics.FaultMark) bool {
	if fault.UntilMS == nil || *fault.UntilMS <= fault.AtMS || len(fault.Strategies) > 0 {
		return false
	}
	return fault.AtMS > 0 || *fault.UntilMS < m.end
}

// labelHeight is the room that the names need above a picture of a width.
func (m *marks) labelHeight(width vg.Length) vg.Length {
	// The data area is narrower than the panel by the labels of its axis, whose width
	// is not known yet; for fewer rows than this there is always room.
	return vg.Length(rowsOf(m.labels(width*0.92))) * markRow
}

// rowsOf is how many rows labels take.
func rowsOf(labels []markLabel) (rows int) {
	for _, l := range labels {
		rows = max(rows, l.row+1)
	}
	return rows
}

// write sets the names above the data area c.
func (m *marks) write(c draw.Canvas) {
	for _, l := range m.labels(c.Max.X - c.Min.X) {
		writeText(c, l.style, c.Min.X+l.x, c.Max.Y+4+vg.Length(l.row)*markRow, l.text)
	}
}

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
		l := markLabel{text: printableText(phaseName(p)), style: textStyle(9, inkFaint)}
		if w := l.width(); w <= x(p.ToMS)-x(p.FromMS)-phaseMargin {
			l.x = (x(p.FromMS) + x(p.ToMS) - w) / 2
			list = append(list, l)
		} else {
			narrow = append(narrow, p)
		}
	}
	for _, p := range narrow {
		l := markLabel{style: textStyle(smallPhase, inkFaint)}
		l.text = shortenText(l.style, phaseName(p), width/4)
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

// phaseName is the name of a phase, and what it is not good for.
func phaseName(p metrics.PhaseMark) string {
	if p.WarmUp {
		return p.Name + " (not counted)"
	}
	return p.Name
}

// width is that of the text in the size of its letters.
func (l markLabel) width() vg.Length { return l.style.Width(l.text) }

// touches reports whether two labels of one row are too near each other.
func (l markLabel) touches(o markLabel) bool {
	return l.row == o.row && l.x < o.x+o.width()+phaseMargin && o.x < l.x+l.width()+phaseMargin
}
