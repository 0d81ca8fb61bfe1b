package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/sweep"
)

type sweepCmd struct {
	Scenario string `arg:"" help:"A file, a name of the catalogue, or a grid file (scenario, vary, seeds)."`

	command.Selection `embed:""`
	command.Memory    `embed:""`

	Vary []string `placeholder:"PATH=VALUES" sep:"none" help:"Vary a setting, e.g. fleet.workers=10,20,50 or client.timeout=1s..30s/5. Several make a grid."`
	Keep []string `placeholder:"CONDITION" sep:"none" help:"What a strategy must keep beside the scenario's budget, e.g. 'p99: 200ms' or 'herd_peak < 5'."`

	Out     string `placeholder:"DIR" help:"Folder of the sweep. Default: out/<scenario>-sweep."`
	Jobs    int    `default:"0" help:"Cells at once; 0 is one per CPU."`
	Shard   string `placeholder:"1/8" help:"Run one part of the cells, here the first of eight. See merge."`
	Resume  bool   `help:"Go on with the sweep that is in the folder, if there is one."`
	Retries int    `default:"1" help:"How often a cell that fails is tried again."`
	Quiet   bool   `short:"q" help:"Show no progress."`
}

// Run checks every cell, and only then begins to run them.
func (s sweepCmd) Run(c *command.Console) error {
	c, end := s.Watch(c)
	defer end()
	folder, cells, err := s.open(c)
	if exit := new(command.Exit); errors.As(err, &exit) { // Ctrl-C
		return err
	}
	if err != nil {
		return command.Usage(err)
	}
	defer folder.Close()
	failed, err := s.runCells(c, folder, cells)
	switch left := len(folder.Undone()); {
	case err != nil:
		return &command.Exit{Code: command.ExitRun, Err: fmt.Errorf("the sweep ends: %w; what is done is kept: go on with --resume", err)}
	case c.Ctx.Err() != nil && left > 0:
		return c.Interrupted(humanize.Plural(left, "cell is", "cells are") + " not done; what is done is kept: go on with --resume")
	}
	if err := s.deliver(c, folder, cells.keep); err != nil {
		return err
	}
	for _, f := range failed[:min(len(failed), mostFailures)] {
		command.Annotate(c.Err, command.AnError, folder.Head().Grid.Scenario, fmt.Sprintf("%s was given up: %v", folder.Head().Grid.Name(f.Cell), f.Err))
	}
	return failures(folder.Head().Grid, failed)
}

// mostFailures are named.
const mostFailures = 10

// deliver writes the report, or of a shard says what is to be done with it.
func (s sweepCmd) deliver(c *command.Console, folder *sweep.Folder, keep []string) error {
	shard := folder.Shard()
	if shard.Of == 0 {
		return deliverSweep(c, folder, s.Out, keep)
	}
	grid := folder.Head().Grid
	cells := shard.Size(grid.Cells())
	_, err := fmt.Fprintf(c.Out, "shard %v: %d of %s done in %s; when all %d shards are: simulate merge OUT SHARD...\n",
		shard, cells-len(folder.Undone()), humanize.Plural(cells, "cell is", "cells are"), s.Out, shard.Of)
	return err
}

// failures names the cells that were given up.
func failures(grid sweep.Grid, failed []sweep.Failure) error {
	if len(failed) == 0 {
		return nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s given up:", humanize.Plural(len(failed), "cell was", "cells were"))
	for _, f := range failed[:min(len(failed), mostFailures)] {
		fmt.Fprintf(&text, "\n  %s, tried %s: %v", grid.Name(f.Cell), humanize.Plural(f.Tries, "time", "times"), f.Err)
	}
	if more := len(failed) - mostFailures; more > 0 {
		fmt.Fprintf(&text, "\n  and %d more", more)
	}
	return &command.Exit{Code: command.ExitRun, Err: errors.New(text.String())}
}

// open makes the grid of the command line, checks every cell of it, and opens the
// folder.
func (s *sweepCmd) open(c *command.Console) (*sweep.Folder, *cells, error) {
	if s.Jobs < 0 || s.Retries < 0 {
		return nil, nil, fmt.Errorf("--jobs %d, --retries %d: give 0 or more", s.Jobs, s.Retries)
	}
	if s.Jobs == 0 {
		s.Jobs = runtime.GOMAXPROCS(0)
	}
	var shard sweep.Shard
	var err error
	if s.Shard != "" {
		if shard, err = sweep.ParseShard(s.Shard); err != nil {
			return nil, nil, fmt.Errorf("--shard: %w", err)
		}
	}
	scenario, grid, err := s.grid()
	if err != nil {
		return nil, nil, err
	}
	cells, err := checkCells(c, scenario, grid, s.Jobs)
	if err == nil {
		err = s.refuseTooLarge(cells)
	}
	if err != nil {
		return nil, nil, err
	}
	head, err := cells.head(s.Keep)
	if err != nil {
		return nil, nil, err
	}
	head.Shard = shard.String()
	if s.Out == "" {
		s.Out = filepath.Join("out", defaultName(grid.Scenario, shard))
	}
	folder, err := sweep.Open(s.Out, head, s.Resume)
	if err != nil {
		return nil, nil, err
	}
	if folder.Broken > 0 {
		fmt.Fprintf(c.Err, "%s in pieces, as a crash leaves them: their cells run again\n", humanize.Plural(folder.Broken, "line of the log is", "lines of the log are"))
	}
	if folder.Lost > 0 {
		fmt.Fprintf(c.Err, "%s not what the sweep wrote: their cells run again\n", humanize.Plural(folder.Lost, "result is", "results are"))
	}
	return folder, cells, nil
}

// refuseTooLarge refuses cells that would not have the memory they need.
func (s *sweepCmd) refuseTooLarge(cells *cells) error {
	atOnce := min(s.Jobs, cells.grid.Cells())
	return s.Refuse(cells.largest.name, cells.largest.memory*int64(atOnce), cells.largest.most, "--jobs", atOnce)
}

// defaultName is the folder of a sweep that nobody named.
func defaultName(scenario string, shard sweep.Shard) string {
	if shard.Of == 0 {
		return scenario + "-sweep"
	}
	return fmt.Sprintf("%s-sweep-%d-of-%d", scenario, shard.Number, shard.Of)
}

// grid is the grid of the command line, and of the grid file if it names one, and what
// names the scenario.
func (s *sweepCmd) grid() (scenario string, g *sweep.Grid, err error) {
	g = &sweep.Grid{Seeds: 1}
	scenario = s.Scenario
	file, err := readGridFile(scenario)
	if err != nil {
		return "", nil, err
	}
	if file != nil {
		scenario, g.Axes, g.Set, s.Keep = file.Scenario, file.Vary, file.Set, slices.Concat(file.Keep, s.Keep)
		if s.Strategy == nil {
			s.Strategy = file.Strategies
		}
		if s.Seed == nil {
			s.Seed = file.Seed
		}
		if s.Seeds == nil {
			s.Seeds = file.Seeds
		}
	}
	for _, text := range s.Vary {
		axis, err := sweep.ParseAxis(text)
		if err != nil {
			return "", nil, fmt.Errorf("--vary %s: %w", text, err)
		}
		g.Axes = append(g.Axes, axis)
	}
	g.Set, g.Strategies = append(g.Set, s.Set...), s.Strategy
	if err := g.Check(); err != nil {
		return "", nil, err
	}
	if s.Seeds != nil && *s.Seeds < 1 {
		return "", nil, fmt.Errorf("--seeds %d: give 1 or more", *s.Seeds)
	}
	// What the command line leaves open, the scenario says.
	first, err := (&cells{grid: g, scenario: scenario}).load(0)
	if err != nil {
		return "", nil, err
	}
	g.Scenario, g.Seed, g.Seeds = first.Name, first.Seed, first.Seeds
	if s.Seed != nil {
		g.Seed = *s.Seed
	}
	if s.Seeds != nil {
		g.Seeds = *s.Seeds
	}
	return scenario, g, g.Check()
}

// readGridFile reads the grid file that the command line names; nil where it names a
// scenario.
func readGridFile(name string) (*sweep.File, error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	file, err := sweep.ReadFile(name, string(text))
	if file == nil || err != nil {
		return nil, err
	}
	// A file is looked for beside the grid file, as a trace is beside its scenario.
	if beside := filepath.Join(filepath.Dir(name), file.Scenario); !filepath.IsAbs(file.Scenario) {
		if _, err := os.Stat(beside); err == nil || filepath.Ext(file.Scenario) != "" {
			file.Scenario = beside
		}
	}
	return file, nil
}

// runCells runs the cells that are not done, and shows how far they are.
func (s sweepCmd) runCells(c *command.Console, folder *sweep.Folder, cells *cells) ([]sweep.Failure, error) {
	var mu sync.Mutex
	tally := folder.Tally()
	start := time.Now()
	status := command.NewStatus(c.Err, s.Quiet, func() string {
		mu.Lock()
		defer mu.Unlock()
		return tellTally(cells.grid.Scenario, tally, time.Since(start))
	})
	defer status.End()
	cells.traces.Stop = func() bool { return c.Ctx.Err() != nil }
	defer cells.traces.Close() // they were only read: nothing can be lost
	return sweep.RunCells(c.Ctx, folder, sweep.Plan{Jobs: s.Jobs, Retries: s.Retries, Cell: cells.run, Watch: func(t sweep.Tally) {
		mu.Lock()
		defer mu.Unlock()
		tally = t
	}})
}

// tellTally says how far a sweep is after so long, and how long it is likely to go on.
func tellTally(name string, t sweep.Tally, after time.Duration) string {
	text := fmt.Sprintf("%s: %d of %s", name, t.Done, humanize.Plural(t.Cells, "cell", "cells"))
	if t.Failed > 0 {
		text += fmt.Sprintf(", %d failed", t.Failed)
	}
	ended, left := t.Done-t.Before+t.Failed, t.Cells-t.Done-t.Failed
	if ended == 0 || left == 0 {
		return text
	}
	return text + fmt.Sprintf(", about %s left", humanize.Duration(float64(after.Milliseconds())/float64(ended)*float64(left)))
}
