package charts

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// layer is one cause in a stack: a height per step.
type layer struct {
	color   color.Color
	heights []float64
}

// stackedArea draws layers on top of one another as steps: step i reaches from
// edges[i] to edges[i+1].
type stackedArea struct {
	edges  []float64
	layers []layer
}

var _ plot.Plotter = stackedArea{}

// Plot draws the stack. A step that is not zero is at least a hair high.
func (s stackedArea) Plot(c draw.Canvas, p *plot.Plot) {
	const hair = 0.8
	// Heights are stacked in points and not in values: a cause of a hair is to be seen
	// on top of a large one, too, and must not be hidden by rounding.
	base := make([]vg.Length, max(len(s.edges)-1, 0)) // in points, above the axis
	for _, l := range s.layers {
		top := make([]vg.Length, len(base))
		for i := range base {
			top[i] = base[i]
			if l.heights[i] > 0 {
				top[i] += max(c.Y(p.Y.Norm(l.heights[i]))-c.Y(p.Y.Norm(0)), hair)
			}
		}
		c.SetColor(l.color)
		for from := 0; from < len(base); {
			to := from
			for to < len(base) && to-from < strokeLength && top[to] > base[to] {
				to++
			}
			if to > from {
				c.Fill(s.steps(c, p, base, top, from, to))
			}
			from = max(to, from+1)
		}
		base = top
	}
}

// scale multiplies every height.
func (s stackedArea) scale(factor float64) {
	for _, l := range s.layers {
		for i := range l.heights {
			l.heights[i] *= factor
		}
	}
}

// steps is the outline of the steps [from, to) of a layer.
func (s stackedArea) steps(c draw.Canvas, p *plot.Plot, base, top []vg.Length, from, to int) vg.Path {
	x := func(i int) vg.Length { return c.X(p.X.Norm(s.edges[i])) }
	y := func(h vg.Length) vg.Length { return min(c.Y(p.Y.Norm(0))+h, c.Max.Y) }
	var path vg.Path
	path.Move(vg.Point{X: x(from), Y: y(base[from])})
	for i := from; i < to; i++ {
		path.Line(vg.Point{X: x(i), Y: y(top[i])})
		path.Line(vg.Point{X: x(i + 1), Y: y(top[i])})
	}
	for i := to - 1; i >= from; i-- {
		path.Line(vg.Point{X: x(i + 1), Y: y(base[i])})
		path.Line(vg.Point{X: x(i), Y: y(base[i])})
	}
	path.Close()
	return path
}
