package charts

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	nameHeight     = 11 // points: of a name, with the room that it needs
	nameDrop       = 3.2
	leastClearance = 8 // points: curves that far from each other can be told apart
)

// curveLabel is a curve on its way to a name.
type curveLabel struct {
	name  string
	ink   color.NRGBA
	path  []vg.Point
	width vg.Length

	at    vg.Point // of the curve: what is named
	spot  vg.Point // of the name: its left end and its middle
	atEnd bool
}

// labelCurves writes the name of each curve in its colour: at its end where it
// can be told from the others there, else where it is farthest from them. Those
// that lie with another all the way stand at the end, one above the other.
func labelCurves(c draw.Canvas, p *plot.Plot, curves lines, names []string, right vg.Length) {
	style := textStyle(9.5, inkTitle)
	list := make([]curveLabel, len(curves))
	for i, curve := range curves {
		list[i] = curveLabel{name: names[i], ink: curve.color, width: style.Width(names[i]), path: toCanvas(c, p, curve.x, curve.mid)}
	}
	// The names within the panel are set one after the other, so that none covers one
	// before it; those at the ends are moved apart together, when all are known.
	var taken []vg.Rectangle
	for i := range list {
		if !list[i].placeAtEnd(list, i, right) && !list[i].placeInside(list, i, c, taken) {
			list[i].atEnd = true
		}
		if !list[i].atEnd {
			taken = append(taken, list[i].box())
		}
	}
	spreadLabels(list, c.Min.Y+nameHeight/2, c.Max.Y-nameHeight/2)
	for _, n := range list {
		if n.path == nil || isGap(n.at) {
			continue
		}
		style.Color = n.ink
		// A hair leads from the curve to a name that had to move.
		if n.atEnd && math.Abs(float64(n.spot.Y-n.at.Y)) > 1.5 {
			c.StrokeLine2(lineStyle(translucent(n.ink, 0.6), 0.5), n.at.X+1, n.at.Y, n.spot.X-1, n.spot.Y)
		}
		writeText(c, style, n.spot.X, n.spot.Y-nameDrop, n.name)
	}
}

// box is the room that the name takes.
func (n *curveLabel) box() vg.Rectangle {
	return vg.Rectangle{
		Min: vg.Point{X: n.spot.X - 2, Y: n.spot.Y - nameHeight/2}, Max: vg.Point{X: n.spot.X + n.width + 2, Y: n.spot.Y + nameHeight/2},
	}
}

// placeAtEnd sets the name right of the last point, and reports whether it can be told
// there whose it is.
func (n *curveLabel) placeAtEnd(list []curveLabel, i int, right vg.Length) bool {
	n.at = vg.Point{Y: vg.Length(math.NaN())}
	k := len(n.path) - 1
	for k >= 0 && isGap(n.path[k]) {
		k--
	}
	if k < 0 {
		n.atEnd = true
		return true
	}
	n.at = n.path[k]
	n.spot = vg.Point{X: min(n.at.X+6, right-n.width), Y: n.at.Y}
	n.atEnd = distanceToOthers(list, i, k) >= nameHeight-1 && !crossesCurve(list, n.box())
	return n.atEnd
}

// placeInside sets the name above, below or beside the point that is farthest from
// the other curves, where it covers neither a curve nor another name.
func (n *curveLabel) placeInside(list []curveLabel, i int, c draw.Canvas, taken []vg.Rectangle) bool {
	end, best := n.spot, vg.Length(0)
	at := n.at
	var spot vg.Point
	// From point to point: the freest one at which the name has room. Above is tried
	// before below, and beside it last, where the curve itself is likely to run.
	for k, point := range n.path {
		if isGap(point) {
			continue
		}
		free := min(distanceToOthers(list, i, k), 40)
		if free < leastClearance || free <= best {
			continue
		}
		for _, offset := range []vg.Point{{X: -n.width / 2, Y: 8}, {X: -n.width / 2, Y: -8}, {X: 6}, {X: -n.width - 6}} {
			n.spot = vg.Point{X: min(max(point.X+offset.X, c.Min.X+3), c.Max.X-n.width-3), Y: point.Y + offset.Y}
			box := n.box()
			if box.Min.Y < c.Min.Y || box.Max.Y > c.Max.Y || crossesCurve(list, box) || overlapsAny(taken, box) {
				continue
			}
			best, spot, at = free, n.spot, point
			break
		}
	}
	if best == 0 {
		n.spot = end
		return false
	}
	n.at, n.spot = at, spot
	return true
}

// distanceToOthers is how far the nearest other curve is from point k of curve i.
func distanceToOthers(list []curveLabel, i, k int) vg.Length {
	nearest := vg.Length(math.Inf(1))
	for j, other := range list {
		if j == i || k >= len(other.path) || isGap(other.path[k]) {
			continue
		}
		nearest = min(nearest, vg.Length(math.Abs(float64(other.path[k].Y-list[i].path[k].Y))))
	}
	return nearest
}

// overlapsAny reports whether a box covers one of those that are taken.
func overlapsAny(taken []vg.Rectangle, box vg.Rectangle) bool {
	return slices.ContainsFunc(taken, func(t vg.Rectangle) bool {
		return t.Min.X < box.Max.X && box.Min.X < t.Max.X && t.Min.Y < box.Max.Y && box.Min.Y < t.Max.Y
	})
}

// crossesCurve reports whether a curve runs through the box.
func crossesCurve(list []curveLabel, box vg.Rectangle) bool {
	for _, n := range list {
		for k := 1; k < len(n.path); k++ {
			a, b := n.path[k-1], n.path[k]
			if isGap(a) || isGap(b) || b.X < box.Min.X || a.X > box.Max.X {
				continue
			}
			from, to := a.Y, b.Y
			if b.X > a.X { // the part above the box
				slope := (b.Y - a.Y) / (b.X - a.X)
				from, to = a.Y+slope*(max(box.Min.X, a.X)-a.X), a.Y+slope*(min(box.Max.X, b.X)-a.X)
			}
			if max(from, to) > box.Min.Y && min(from, to) < box.Max.Y {
				return true
			}
		}
	}
	return false
}

// cluster of names that would touch, one above the other.
type cluster struct {
	names  []*curveLabel
	bottom vg.Length // middle of the lowest
}

// centreOnPoints puts the middle of the cluster to that of its points, within low and high.
func (h *cluster) centreOnPoints(low, high vg.Length) {
	sum := vg.Length(0)
	for _, n := range h.names {
		sum += n.at.Y
	}
	size := vg.Length(len(h.names))
	h.bottom = sum/size - (size-1)*nameHeight/2
	h.bottom = max(min(h.bottom, high-(size-1)*nameHeight), low)
}

// spreadLabels moves the names at the ends of curves up and down, as little as it can,
// until none touches another.
func spreadLabels(list []curveLabel, low, high vg.Length) {
	var ends []*curveLabel
	for i := range list {
		if list[i].atEnd && !isGap(list[i].at) {
			ends = append(ends, &list[i])
		}
	}
	slices.SortStableFunc(ends, func(a, b *curveLabel) int { return cmp.Compare(a.at.Y, b.at.Y) })
	var clusters []*cluster
	// Bottom up: a name that touches the cluster below joins it, the cluster finds its
	// place anew, and may then touch the one below that.
	for _, n := range ends {
		next := &cluster{names: []*curveLabel{n}}
		next.centreOnPoints(low, high)
		for len(clusters) > 0 {
			below := clusters[len(clusters)-1]
			if below.bottom+vg.Length(len(below.names))*nameHeight <= next.bottom {
				break
			}
			next.names = append(below.names, next.names...)
			next.centreOnPoints(low, high)
			clusters = clusters[:len(clusters)-1]
		}
		clusters = append(clusters, next)
	}
	for _, h := range clusters {
		for i, n := range h.names {
			n.spot.Y = h.bottom + vg.Length(i)*nameHeight
		}
	}
}
