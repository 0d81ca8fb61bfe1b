package reports

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"herdlab/internal/metrics"
)

const (
	markRow  = 12 // height of a row of labels
	markRows = 3  // of fault labels; what does not fit is only drawn
)

// marks are the faults and phases of a run: a pale band where a fault of all
// strategies lasts and a line where one begins, a faint line between phases, and their names above
// the picture.
type marks struct {
	faults []metrics.FaultMark
	phases []metrics.PhaseMark
	end    float64 // of the run, ms
}

func (s scene) marks() *marks {
	return &marks{faults: s.file.Faults, phases: s.file.Phases, end: max(s.file.DurationMS, 1)}
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
				style := line(ink(inkAxis), 0.75)
				style.Dashes = []vg.Length{2, 3}
				c.StrokeLine2(style, x(at), c.Min.Y, x(at), c.Max.Y)
			}
		}
	}
	for _, fault := range m.faults {
		if fault.UntilMS != nil && *fault.UntilMS > fault.AtMS && len(fault.Strategies) == 0 {
			c.SetColor(wash(ink(inkFault), 0.09))
			c.Fill(rectangle(x(fault.AtMS), c.Min.Y, x(*fault.UntilMS), c.Max.Y))
		}
		c.StrokeLine2(line(wash(ink(inkFault), 0.55), 0.75), x(fault.AtMS), c.Min.Y, x(fault.AtMS), c.Max.Y)
	}
}

// label is the name of a fault and where it stands: a row, counted from the
// lowest, and an offset from the left.
type markLabel struct {
	text string
	at   float64 // ms
	x    vg.Length
	row  int
}

// labels places the names of the faults on a width, each right of its line and
// in the lowest row that is free, or left of it at the end of the run. Names
// without a free row are left out.
func (m *marks) labels(width vg.Length) (list []markLabel) {
	style := letters(9, inkFault)
	var free [markRows]vg.Length // per row, up to where it is taken
	for _, fault := range m.faults {
		text := shorten(style, fault.Label, width/2)
		x := width * vg.Length(min(max(fault.AtMS/m.end, 0), 1))
		w := style.Width(text)
		x = min(x, width-w)
		for row := range free {
			if free[row] <= x {
				free[row] = x + w + 8
				list = append(list, markLabel{text: text, at: fault.AtMS, x: x, row: row})
				break
			}
		}
	}
	return list
}

// height is the room that the names need above a picture of a width.
func (m *marks) height(width vg.Length) vg.Length {
	rows := 0
	for _, l := range m.labels(width * 0.92) {
		rows = max(rows, l.row+1)
	}
	if len(m.phases) > 0 {
		rows++
	}
	return vg.Length(rows) * markRow
}

// write sets the names above the data area c.
func (m *marks) write(c draw.Canvas, p *plot.Plot) {
	style := letters(9, inkFault)
	rows := 0
	for _, l := range m.labels(c.Max.X - c.Min.X) {
		write(c, style, c.Min.X+l.x, c.Max.Y+4+vg.Length(l.row)*markRow, l.text)
		rows = max(rows, l.row+1)
	}
	style = letters(9, inkFaint)
	for _, phase := range m.phases {
		from, to := c.X(p.X.Norm(max(phase.FromMS, 0))), c.X(p.X.Norm(min(phase.ToMS, m.end)))
		name := phase.Name
		if phase.WarmUp {
			name += " (not counted)"
		}
		if to-from < style.Width("mmm") {
			continue
		}
		name = shorten(style, name, to-from-4)
		write(c, style, (from+to-style.Width(name))/2, c.Max.Y+4+vg.Length(rows)*markRow, name)
	}
}
