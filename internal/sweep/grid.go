// Package sweep runs a grid of settings: scenario, parameters and seeds as cells that
// know nothing of each other.
//
//	grid := sweep.Grid{Scenario: "burst", Axes: axes, Seed: 1, Seeds: 3}
//	folder, err := sweep.Open(dir, sweep.Head{Tool: version, Inputs: hash, Grid: grid}, true)
//	failed, err := sweep.RunCells(ctx, folder, sweep.Plan{Jobs: 2, Retries: 1, Cell: run})
//
// What a cell does is a function of the caller's; this package decides which cells
// there are, which of them are to be run, and when one is done. A cell is done when
// its result is on the disk, and a [Log] says so after that: a sweep that is killed
// at any instant goes on from its log, and runs no cell twice that is done, and none
// of them never.
//
// # In the order of the data
//
//	axis.go      one parameter and its values, as --vary has them
//	grid.go      axes become points, points and seeds become cells, cells fall into shards
//	gridfile.go  the same from a YAML file
//	result.go    what a cell leaves
//	log.go       which cells are done
//	folder.go    log, results and lock on the disk
//	run.go       cells on several processors
//	merge.go     the folders of shards become one
package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
)

// MostCells bounds a grid: a report has the figures of all cells in memory, some ten KB
// each.
const MostCells = 100_000

// Grid is what a sweep is about. It has a cell for every combination of the axes'
// values and every seed. Two sweeps with equal grids have equal cells, wherever they
// run.
type Grid struct {
	Scenario   string   `json:"scenario"`             // its name
	Set        []string `json:"set,omitempty"`        // overrides of all cells, as --set takes them
	Strategies []string `json:"strategies,omitempty"` // labels to run; all without any
	Axes       []Axis   `json:"vary"`
	Seed       uint64   `json:"seed"` // the first
	Seeds      int      `json:"seeds"`
}

// Cell is one point of the grid under one seed.
type Cell struct {
	Index int    // from 0, in the order of the grid
	Point int    // the combination of values, from 0
	Seed  uint64 // as the scenario takes it
}

// Points is the number of combinations of values.
func (g *Grid) Points() int {
	n := 1
	for _, a := range g.Axes {
		n *= len(a.Values)
	}
	return n
}

// Cells is the number of cells: indices run from 0 to it.
func (g *Grid) Cells() int { return g.Points() * g.Seeds }

// Cell is the one at an index. The seeds of a point stand beside each other.
func (g *Grid) Cell(index int) Cell {
	return Cell{Index: index, Point: index / g.Seeds, Seed: g.Seed + uint64(index%g.Seeds)}
}

// Values are those of a point, one for every axis. The last axis changes first, as the
// last digit of a number does.
func (g *Grid) Values(point int) []string {
	list := make([]string, len(g.Axes))
	for i, digit := range g.digits(point) {
		list[i] = g.Axes[i].Values[digit]
	}
	return list
}

// digits are the indices of a point's values on its axes.
func (g *Grid) digits(point int) []int {
	list := make([]int, len(g.Axes))
	for i := len(g.Axes) - 1; i >= 0; i-- {
		n := len(g.Axes[i].Values)
		list[i], point = point%n, point/n
	}
	return list
}

// Same is the first point at which a strategy does what it does at this one: only the
// axes that do not concern it may differ. It runs there alone.
func (g *Grid) Same(point int, strategy string) int {
	digits := g.digits(point)
	for i, a := range g.Axes {
		if !a.Concerns(strategy) {
			digits[i] = 0
		}
	}
	return g.Point(digits...)
}

// Point is the one whose first values are those with the given numbers; on the other axes
// it has their first values.
func (g *Grid) Point(first ...int) (point int) {
	for i, a := range g.Axes {
		point *= len(a.Values)
		if i < len(first) {
			point += first[i]
		}
	}
	return point
}

// Overrides make the scenario that of a point, as --set takes them.
func (g *Grid) Overrides(point int) []string {
	list := slices.Clone(g.Set)
	for i, value := range g.Values(point) {
		list = append(list, g.Axes[i].Overrides(value)...)
	}
	return list
}

// Varies reports whether a setting is on one of the axes.
func (g *Grid) Varies(path string) bool {
	return slices.ContainsFunc(g.Axes, func(a Axis) bool { return slices.Contains(a.Paths, path) })
}

// PointName says which combination a point is.
func (g *Grid) PointName(point int) string {
	var words []string
	for i, value := range g.Values(point) {
		words = append(words, g.Axes[i].Name()+"="+value)
	}
	return strings.Join(words, " ")
}

// Name says which cell one is, for messages.
func (g *Grid) Name(c Cell) string {
	return fmt.Sprintf("cell %d (%s, seed %d)", c.Index, g.PointName(c.Point), c.Seed)
}

// Check refuses a grid that is none: without axes, with one setting on two of them, or
// too large.
func (g *Grid) Check() error {
	if len(g.Axes) == 0 {
		return spelling.Refuse("nothing varies: give --vary path=value,value, such as --vary fleet.workers=10,20,50")
	}
	if g.Seeds < 1 || g.Seeds > MostCells {
		return spelling.Refuse("%d seeds: give 1 to %d", g.Seeds, MostCells)
	}
	seen := make(map[string]bool)
	cells := g.Seeds
	for _, a := range g.Axes {
		if len(a.Values) == 0 {
			return spelling.Refuse("%s has no values", a.Name())
		}
		if cells > MostCells/len(a.Values) { // a product might overflow
			return spelling.Refuse("the grid has more than %d cells: vary less, or leave values out", MostCells)
		}
		cells *= len(a.Values)
		for _, path := range a.Paths {
			if seen[path] {
				return spelling.Refuse("%s is varied twice: write all its values into one list", path)
			}
			seen[path] = true
		}
	}
	return nil
}

// Shard is a part of a sweep: one of several that together have every cell once. The
// zero Shard is all of it.
type Shard struct {
	Number, Of int // from 1
}

// ParseShard reads 2/8, the second of eight.
func ParseShard(text string) (Shard, error) {
	number, of, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	m, wrong := strconv.Atoi(of)
	switch {
	case err != nil || wrong != nil:
		return Shard{}, spelling.Refuse("%q is no shard: write 1/8 for the first of eight", text)
	case m < 1 || n < 1 || n > m:
		return Shard{}, spelling.Refuse("there is no shard %s: of %d there are 1/%[2]d to %[2]d/%[2]d", text, max(m, 1))
	}
	return Shard{n, m}, nil
}

// String is the shard as ParseShard reads it; that of a whole sweep is empty.
func (s Shard) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// Has reports whether a cell is in the shard. Cells are dealt out in rounds, and every
// round begins with the next shard: were they dealt to the same ones in each, an axis
// with as many values as there are shards would give one shard all its slow cells.
func (s Shard) Has(cell int) bool {
	if s.Of <= 1 {
		return true
	}
	return (cell+cell/s.Of)%s.Of == s.Number-1
}

// Size is how many of the cells from 0 are in the shard.
func (s Shard) Size(cells int) int {
	if s.Of <= 1 {
		return cells
	}
	n := cells / s.Of
	for cell := n * s.Of; cell < cells; cell++ {
		if s.Has(cell) {
			n++
		}
	}
	return n
}
