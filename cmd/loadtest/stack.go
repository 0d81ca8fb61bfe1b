package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/live/stack"
	model "github.com/herdlab/herdlab/internal/world/origin"
)

// onStack is an attack on what a file starts.
type onStack struct {
	Stack string `placeholder:"FILE" help:"Start the program, what it needs and a counting origin as this file says, attack it, and stop all: docs/any-application.md."`

	file    *stack.File
	running *stack.Running // nil without a file
	given   hooks          // those of the command line alone
}

// startStack reads the file, starts what it says, and has the attack go there. What the command line
// says comes before what the file does.
func (a *attackCmd) startStack(c *command.Console) (stop func(), err error) {
	if a.Stack == "" {
		return func() {}, nil
	}
	if a.Target != "" || a.OriginStats != "" {
		return nil, command.Usage(fmt.Errorf("--stack starts target and origin: leave out --target and --origin-stats"))
	}
	f, err := stack.Read(a.Stack)
	if err != nil {
		return nil, command.Usage(err)
	}
	a.given = a.hooks
	a.Scenario, a.Set = cmp.Or(a.Scenario, f.Scenario), slices.Concat(f.Set, a.Set)
	a.Before, a.After = cmp.Or(a.Before, f.Before), cmp.Or(a.After, f.After)
	for _, t := range f.At {
		a.At = append(a.At, timedCommand{t.At, t.Run})
	}
	header, err := readHeader(a.Stack+", origin.header:", f.Origin.Header)
	if err != nil {
		return nil, command.Usage(err)
	}
	if !a.Quiet {
		fmt.Fprintf(c.Err, "starting %s\n", a.Stack)
	}
	// Its settings are those of the scenario, which the attack tells it.
	r, err := f.Start(c.Ctx, origin.ServerConfig{Seed: 1, Bytes: f.Origin.Bytes, Header: header, ETag: f.Origin.ETag, Origin: model.Config{}})
	if err != nil {
		return nil, unlessInterrupted(c, fmt.Errorf("%s: %w", a.Stack, err), "nothing was begun")
	}
	a.file, a.running, a.Target, a.OriginStats = f, r, r.Expand(f.Target), r.Origin
	a.Bystander = cmp.Or(a.Bystander, r.Expand(f.Bystander))
	a.hooks.environment = r.Env
	return r.Stop, nil
}

// alive says which process of the stack has ended, if one has.
func (s onStack) alive() error {
	if s.running == nil {
		return nil
	}
	return s.running.Alive()
}

// ownHooks are those of the command line.
func (a attackCmd) ownHooks() hooks {
	if a.running != nil {
		return a.given
	}
	return a.hooks
}

// shown is the target as results have it: ports that are different every time are none of its.
func (a attackCmd) shown() string {
	if a.running != nil {
		return a.file.Target
	}
	return withoutPassword(a.Target)
}
