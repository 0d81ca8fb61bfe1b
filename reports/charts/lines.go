package charts

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	thick = 1.4 // points
	thin  = 0.8

	// strokeLength is how many segments are stroked at once. The rasteriser
	// takes time quadratic in the length of a path: a line of 20,000 points took
	// 38 s in one stroke and 0.3 s in short ones.
	strokeLength = 32

	dotRadius  = 2.8 // points
	dashLength = 7   // points: what each of several lines in one place gets in turn
	sameSpot   = 0.5 // points: lines closer than this are in one place
)

// lines draws curves, their bands first. Where several curves lie in one place
// each shows in turn, so that none is hidden below another.
type lines []curve

var _ plot.Plotter = lines(nil)

// Plot draws the curves.
func (l lines) Plot(c draw.Canvas, p *plot.Plot) {
	paths := make([][]vg.Point, len(l))
	for i, curve := range l {
		if curve.spread && !curve.thin {
			drawBand(c, p, curve)
		}
		paths[i] = toCanvas(c, p, curve.x, curve.mid)
	}
	for i, curve := range l {
		style := lineStyle(curve.color, thick)
		if curve.thin {
			style = lineStyle(paler(curve.color, 0.35), thin)
		}
		for _, run := range visibleRuns(paths, i) {
			strokeRun(c, style, run)
		}
		drawDots(c, style.Color, paths[i])
	}
}

// toCanvas maps values to points of the canvas; a gap is a point with Y NaN.
func toCanvas(c draw.Canvas, p *plot.Plot, x, y []float64) []vg.Point {
	points := make([]vg.Point, len(x))
	for i := range x {
		points[i] = vg.Point{X: c.X(p.X.Norm(x[i])), Y: vg.Length(math.NaN())}
		if !math.IsNaN(y[i]) {
			points[i].Y = c.Y(min(max(p.Y.Norm(y[i]), 0), 1))
		}
	}
	return points
}

// isGap reports whether a curve has no value at a point.
func isGap(p vg.Point) bool { return math.IsNaN(float64(p.Y)) }

// visibleRuns are the parts of path i that show: all of it where it is alone, and
// every k-th dash where k paths share a place.
func visibleRuns(paths [][]vg.Point, i int) (runs [][]vg.Point) {
	var run []vg.Point
	end := func() {
		if len(run) > 1 {
			runs = append(runs, run)
		}
		run = nil
	}
	add := func(a, b vg.Point) {
		if len(run) == 0 {
			run = append(run, a)
		}
		run = append(run, b)
	}
	path := paths[i]
	for s := 1; s < len(path); s++ {
		a, b := path[s-1], path[s]
		if isGap(a) || isGap(b) {
			end()
			continue
		}
		sharers := sharersOf(paths, i, s)
		if len(sharers) == 1 {
			add(a, b)
			continue
		}
		// A dash belongs to one of the sharers. All who share the place take turns by the way along the first of them.
		first, rank := paths[sharers[0]], slices.Index(sharers, i)
		begun, length := lengthAlong(first, s-1), distance(first[s-1], first[s])
		pieces := max(1, math.Ceil(length/(dashLength/3.5)))
		for piece := range int(pieces) {
			from, to := float64(piece)/pieces, float64(piece+1)/pieces
			if int((begun+from*length)/dashLength)%len(sharers) == rank {
				add(a.Add(b.Sub(a).Scale(vg.Length(from))), a.Add(b.Sub(a).Scale(vg.Length(to))))
			} else {
				end()
			}
		}
	}
	end()
	return runs
}

// lengthAlong is the length of a path from its beginning to point n, gaps left out.
func lengthAlong(path []vg.Point, n int) (sum float64) {
	for i := 1; i <= n; i++ {
		if !isGap(path[i-1]) && !isGap(path[i]) {
			sum += distance(path[i-1], path[i])
		}
	}
	return sum
}

// distance is that of two points of the canvas.
func distance(a, b vg.Point) float64 { return math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y)) }

// sharersOf are the paths whose segment s lies where path i's does, in their order.
// Being in one place is passed on from neighbour to neighbour: all members must agree who
// they are, or dashes would be missing.
func sharersOf(paths [][]vg.Point, i, s int) []int {
	members := []int{i}
	for next := 0; next < len(members); next++ {
		at := paths[members[next]]
		for j, other := range paths {
			if !slices.Contains(members, j) && s < len(other) && isNear(other[s-1], at[s-1]) && isNear(other[s], at[s]) {
				members = append(members, j)
			}
		}
	}
	slices.Sort(members)
	return members
}

// isNear reports whether two points cannot be told apart. A gap is near nothing: a
// comparison with NaN is false.
func isNear(a, b vg.Point) bool {
	return math.Abs(float64(a.X-b.X)) < sameSpot && math.Abs(float64(a.Y-b.Y)) < sameSpot
}

// strokeRun draws a line in short strokes. Each begins one segment before the last
// one ended, so that the corner between them is joined and not cut.
func strokeRun(c draw.Canvas, style draw.LineStyle, points []vg.Point) {
	for from := 0; from < len(points)-1; from += strokeLength {
		c.StrokeLines(style, points[max(from-1, 0):min(from+strokeLength, len(points)-1)+1])
	}
}

// drawDots marks points that stand alone between gaps, which no line shows.
func drawDots(c draw.Canvas, clr color.Color, path []vg.Point) {
	dot := draw.GlyphStyle{Color: clr, Radius: dotRadius, Shape: draw.CircleGlyph{}}
	for i, p := range path {
		if isGap(p) || (i > 0 && !isGap(path[i-1])) || (i+1 < len(path) && !isGap(path[i+1])) {
			continue
		}
		c.DrawGlyphNoClip(dot, p)
	}
}

// drawBand fills from the lowest to the highest seed.
func drawBand(c draw.Canvas, p *plot.Plot, curve curve) {
	low, high := toCanvas(c, p, curve.x, curve.low), toCanvas(c, p, curve.x, curve.high)
	for from := 0; from < len(low); {
		to := from
		for !isGap(low[from]) && to+1 < len(low) && !isGap(low[to+1]) && to-from < 2*strokeLength {
			to++
		}
		if to > from {
			outline := slices.Clone(low[from : to+1])
			for i := to; i >= from; i-- {
				outline = append(outline, high[i])
			}
			c.FillPolygon(translucent(curve.color, 0.14), outline)
		}
		from = max(to, from+1)
	}
}
