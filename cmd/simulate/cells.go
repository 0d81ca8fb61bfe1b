package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

// cells are those of a sweep as scenarios to run.
type cells struct {
	scenario string // as the command line names it
	grid     *sweep.Grid
	points   []*scenarios.Scenario // by their number, as far as mostKept
	figures  figures.Table
	keep     []string // what strategies have to keep
	largest  largestPoint
	traces   workloads.Recordings // read once, whatever cells replay them
}

// largestPoint is the point of a grid whose runs take the most memory.
type largestPoint struct {
	name   string
	memory int64  // a run, in bytes
	most   string // what takes the most of it
}

// mostKept is how many points keep their scenario between check and run. Those of a
// larger grid are read twice: it is the cheaper of the two.
const mostKept = 4096

// checkCells reads the scenario of every point of the grid, so that nothing runs where
// one of them is wrong.
func checkCells(console *command.Console, scenario string, grid *sweep.Grid, jobs int) (*cells, error) {
	n := grid.Points()
	c := &cells{scenario: scenario, grid: grid, points: make([]*scenarios.Scenario, min(n, mostKept)), figures: figures.All()}
	errs, sizes, ctx := make([]error, n), make([]largestPoint, n), console.Ctx
	var next atomic.Int64
	var wrong atomic.Bool
	var workers sync.WaitGroup
	for range min(jobs, n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && !wrong.Load() && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				sc, err := c.load(i)
				if errs[i] = err; err != nil {
					wrong.Store(true)
				} else {
					sizes[i].memory, sizes[i].most = lab.Memory(sc, lab.ModelledParts)
				}
				if i < len(c.points) {
					c.points[i] = sc
				}
			}
		})
	}
	workers.Wait()
	// Points are taken in their order, so that the first wrong one is among those that
	// were read.
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, console.Interrupted("no cell was begun")
	}
	for i, size := range sizes {
		if size.memory > c.largest.memory {
			c.largest = size
			c.largest.name = grid.PointName(i)
		}
	}
	return c, nil
}

// load reads the scenario of a point.
func (c *cells) load(point int) (*scenarios.Scenario, error) {
	list, err := command.Selection{Strategy: c.grid.Strategies}.Load(scenarios.Open, []string{c.scenario}, c.grid.Overrides(point))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.grid.PointName(point), c.fromVary(err))
	}
	return list[0], nil
}

// fromVary has the mistakes in a value that varies be of --vary, not of --set.
func (c *cells) fromVary(err error) error {
	var list scenarios.Errors
	if !errors.As(err, &list) {
		return err
	}
	for _, e := range list {
		override, ok := strings.CutPrefix(e.File, "--set ")
		path, _, _ := strings.Cut(override, "=")
		if ok && c.grid.Varies(path) {
			e.File = "--vary " + override
		}
	}
	return err
}

// at is the scenario of a point.
func (c *cells) at(point int) (*scenarios.Scenario, error) {
	if point < len(c.points) {
		return c.points[point], nil
	}
	return c.load(point)
}

// head is what the log of the sweep says of it. Strategies have to keep the scenario's
// budget, and what the command line adds.
func (c *cells) head(keep []string) (head sweep.Head, err error) {
	sc := c.points[0]
	head = sweep.Head{Tool: command.Version(), Grid: *c.grid, About: sc.About, Classes: []string{}}
	for _, class := range sc.Workload {
		head.Classes = append(head.Classes, class.Class)
	}
	var asked []*scenarios.Condition
	for _, text := range keep {
		condition, err := scenarios.ParseCondition(text, head.Classes)
		if err != nil {
			return head, fmt.Errorf("--keep %s: %w", text, err)
		}
		asked = append(asked, condition)
	}
	c.keep = append(sc.Budget.Conditions(asked), keep...)
	head.Keep = c.keep
	inputs := sha256.New()
	if err := command.WriteInputs(inputs, c.scenario, c.points...); err != nil {
		return head, err
	}
	head.Inputs = hex.EncodeToString(inputs.Sum(nil))
	return head, nil
}

// run runs the strategies of a cell, one after the other: cells are what goes on side by
// side. A strategy that the cell's settings do not concern runs in the first cell alone.
func (c *cells) run(ctx context.Context, cell sweep.Cell) (*sweep.Result, error) {
	sc, err := c.at(cell.Point)
	if err != nil {
		return nil, err
	}
	result := &sweep.Result{Cell: cell.Index, Seed: cell.Seed, Values: make(map[string]string)}
	for i, value := range c.grid.Values(cell.Point) {
		result.Values[c.grid.Axes[i].Name()] = value
	}
	for _, e := range sc.Strategies {
		if c.grid.Same(cell.Point, e.Name) != cell.Point {
			continue // another cell has this very run
		}
		run, err := lab.Run(sc, e, cell.Seed, lab.Setup{Clock: sim.New(), Recordings: &c.traces, Watch: lab.Watch{Stop: func() bool { return ctx.Err() != nil }}})
		if err != nil {
			return nil, err
		}
		result.Runs = append(result.Runs, sweep.Run{Strategy: e.Name, Kind: e.Kind, Figures: c.measured(sc, run), Warnings: run.Warnings})
	}
	return result, nil
}

// measured are the figures of a run, of its classes and of all of them together, by the
// names that conditions have for them.
func (c *cells) measured(sc *scenarios.Scenario, run *metrics.Run) map[string]float64 {
	classes := []string{figures.AllClasses}
	for _, class := range sc.Workload {
		classes = append(classes, class.Class)
	}
	list := make(map[string]float64)
	for _, f := range c.figures {
		if v, ok := f.Value(run, "", ""); ok {
			list[f.Name] = v
		}
		for _, class := range classes {
			if v, ok := f.Value(run, "", class); ok {
				list[scenarios.ClassFigure(class, f.Name)] = v
			}
		}
	}
	return list
}
