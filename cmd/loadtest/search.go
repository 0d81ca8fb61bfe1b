package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/drawn"
	"github.com/herdlab/herdlab/internal/foretell"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/scenarios"
)

// search is a validation that goes looking: of scenarios that nobody wrote, which one does
// the model tell wrong?
type search struct {
	validateCmd
	console *command.Console
	hushed  *command.Console // for the measurements themselves
	dir     string
}

// search validates as many drawn scenarios as --drawn says.
func (v validateCmd) search(c *command.Console) error {
	if len(v.Scenarios) > 0 || len(v.Strategy) > 0 {
		return command.Usage(errors.New("--drawn draws scenarios and their strategies: leave names and --strategy out"))
	}
	dir, err := os.MkdirTemp("", "herdlab-drawn-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, end := v.Watch(c)
	defer end()
	hushed := *c
	hushed.Out = io.Discard
	v.Quiet = true
	s := search{validateCmd: v, console: c, hushed: &hushed, dir: dir}
	first := uint64(1)
	if v.Seed != nil {
		first = *v.Seed
	}
	s.Seed = nil // a drawn scenario has its own
	var wrong, void, failed int
	for i := range v.Drawn {
		if c.Ctx.Err() != nil {
			return c.Interrupted(fmt.Sprintf("%d of %d drawn scenarios are validated, %d of them told wrong", i, v.Drawn, wrong))
		}
		found, err := s.look(first + uint64(i))
		switch {
		case errors.Is(err, errVoid):
			void++
		case c.Ctx.Err() != nil:
			return err
		case err != nil: // of this one: a server that does not start with its settings, say
			failed++
			fmt.Fprintf(c.Out, "drawn-%d: COULD NOT BE RUN: %v\n", first+uint64(i), err)
		case found:
			wrong++
		}
	}
	fmt.Fprintf(c.Out, "%s: %d told wrong, %d void, %d could not be run\n", humanize.Plural(v.Drawn, "drawn scenario", "drawn scenarios"), wrong, void, failed)
	switch {
	case wrong > 0:
		return &command.Exit{Code: command.ExitExpectation, Err: fmt.Errorf("%d of %s told wrong", wrong, humanize.Plural(v.Drawn, "drawn scenario is", "drawn scenarios are"))}
	case failed > 0:
		return &command.Exit{Code: command.ExitRun, Err: fmt.Errorf("%d of %s could not be run", failed, humanize.Plural(v.Drawn, "drawn scenario", "drawn scenarios"))}
	case void == v.Drawn:
		return &command.Exit{Code: command.ExitRun, Err: errors.New("every measurement is void: the machine is too busy to tell anything")}
	}
	return nil
}

// errVoid is a measurement that three attempts did not bring about.
var errVoid = errors.New("void")

// look validates the scenario of a seed. What is outside its tolerance is measured once
// more, and if it is so again the scenario is shrunk and shown.
func (s search) look(seed uint64) (found bool, err error) {
	s.Cache = cmp.Or(s.Cache, []string{embedded, "redis", "memcached"}[seed%3])
	d, err := drawn.Draw(seed, s.accept)
	if err != nil {
		return false, err
	}
	if s.Drawn == 1 {
		fmt.Fprint(s.console.Out, d.Text())
	}
	rows, err := s.outside(d)
	if err == nil && len(rows) > 0 {
		var again []foretell.Row
		if again, err = s.outside(d); err == nil {
			rows = inBoth(rows, again)
		}
	}
	switch {
	case errors.Is(err, errVoid):
		fmt.Fprintf(s.console.Out, "%s on %s: void\n", d.Name(), s.Cache)
		return false, err
	case err != nil:
		return false, err
	case len(rows) == 0:
		fmt.Fprintf(s.console.Out, "%s on %s: ok\n", d.Name(), s.Cache)
		return false, nil
	}
	fmt.Fprintf(s.console.Out, "%s on %s: TOLD WRONG: %s\n", d.Name(), s.Cache, figuresOf(rows))
	small, shown, err := d, rows, error(nil)
	if s.Shrink {
		small, shown, err = s.shrink(d, rows)
	}
	fmt.Fprintf(s.console.Out, "\n%s\n", small.Text())
	return true, errors.Join(err, foretell.Table(s.console.Out, small.Name(), shown))
}

// shrink is the smallest scenario that shows one of the rows, and what it shows.
func (s search) shrink(d *drawn.Scenario, rows []foretell.Row) (small *drawn.Scenario, shown []foretell.Row, err error) {
	shown = rows
	small, err = d.Shrink(s.accept, func(less *drawn.Scenario) (bool, error) {
		now, err := s.outside(less)
		if errors.Is(err, errVoid) {
			return false, nil
		}
		still := inBoth(rows, now)
		if len(still) > 0 {
			shown = still
		}
		return len(still) > 0, err
	})
	return small, shown, err
}

// accept says what is wrong with a scenario, if anything is: it has to be one, and one
// that the cache can run.
func (s search) accept(text string) error {
	sc, err := scenarios.Read("drawn.yaml", []byte(text), s.Set)
	if err != nil {
		return err
	}
	return s.suits([]*scenarios.Scenario{sc})
}

// outside are the figures of a scenario that are outside their tolerance.
func (s search) outside(d *drawn.Scenario) ([]foretell.Row, error) {
	path := filepath.Join(s.dir, d.Name()+".yaml")
	if err := os.WriteFile(path, []byte(d.Text()), 0o600); err != nil {
		return nil, err
	}
	scs, err := s.load(s.Selection, []string{path})
	if err != nil {
		return nil, err
	}
	for range 3 {
		rows, measured, err := s.measure(s.hushed, scs[0])
		if err != nil {
			return nil, err
		}
		if s.console.Ctx.Err() != nil {
			return nil, s.console.Interrupted(d.Name() + " is not validated")
		}
		if s.void(measured) == nil && len(voidStrategies(rows)) == 0 {
			return slices.DeleteFunc(rows, func(r foretell.Row) bool { return r.Within }), nil
		}
	}
	return nil, errVoid
}

// inBoth are the rows of now whose figures are outside before, too.
func inBoth(before, now []foretell.Row) (list []foretell.Row) {
	for _, r := range now {
		if slices.ContainsFunc(before, func(b foretell.Row) bool { return b.Figure == r.Figure }) {
			list = append(list, r)
		}
	}
	return list
}

func figuresOf(rows []foretell.Row) string {
	var names []string
	for _, r := range rows {
		names = append(names, fmt.Sprintf("%s %.4g, simulated %.4g", r.Figure, r.Measured, r.Simulated))
	}
	return strings.Join(names, "; ")
}
