package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/child"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/units"
)

// hooks are commands of the user's at instants of a run: to empty a cache before, to kill a
// server in the middle. They are lines of the shell.
type hooks struct {
	Before string `placeholder:"COMMAND" help:"Run by the shell before every run, such as one that empties the program's cache. If it fails there is no run."`
	At     timed  `placeholder:"TIME COMMAND" help:"Run by the shell at an instant of the traffic, e.g. --at 15s 'kill -9 1234'; may be repeated. The charts show it."`
	After  string `placeholder:"COMMAND" help:"Run by the shell after every run."`

	environment []string // besides that of this process
}

// timed are commands with their instants.
type timed []timedCommand

type timedCommand struct {
	at   time.Duration
	line string
}

// Decode takes two words of the command line.
func (t *timed) Decode(ctx *kong.DecodeContext) error {
	word := ctx.Scan.Pop().String()
	at, err := units.ParseDuration(word)
	if err != nil || at < 0 {
		return fmt.Errorf("%q is no instant of the traffic: write --at 15s 'COMMAND'", word)
	}
	line := ctx.Scan.Pop()
	if line.IsEOL() || strings.TrimSpace(line.String()) == "" {
		return fmt.Errorf("no command behind %s: write --at %s 'COMMAND'", word, word)
	}
	*t = append(*t, timedCommand{at, line.String()})
	return nil
}

// flags make the same again.
func (h hooks) flags() (list []string) {
	if h.Before != "" {
		list = append(list, "--before "+command.Quote(h.Before))
	}
	for _, t := range h.At {
		list = append(list, "--at "+units.FormatDuration(t.at)+" "+command.Quote(t.line))
	}
	if h.After != "" {
		list = append(list, "--after "+command.Quote(h.After))
	}
	return list
}

// before runs the command before a run.
func (h hooks) before(ctx context.Context) error { return h.runNamed(ctx, "--before", h.Before) }

// after runs the one after it, which Ctrl-C does not prevent: it may put back what --before did.
func (h hooks) after() error {
	return h.runNamed(context.Background(), "--after", h.After)
}

func (h hooks) runNamed(ctx context.Context, flag, line string) error {
	if line == "" {
		return nil
	}
	if err := runLine(ctx, line, h.environment); err != nil {
		return fmt.Errorf("%s %s: %w", flag, command.Quote(line), err)
	}
	return nil
}

// steps are the commands that are run while the traffic lasts.
func (h hooks) steps() (list []live.Step) {
	for _, t := range h.At {
		list = append(list, live.Step{At: t.at, Name: t.line, Do: func(ctx context.Context) error { return runLine(ctx, t.line, h.environment) }})
	}
	return list
}

// marks are the same on the charts.
func (h hooks) marks() (list []metrics.FaultMark) {
	for _, t := range h.At {
		list = append(list, metrics.FaultMark{Label: t.line, AtMS: float64(t.at) / 1e6})
	}
	return list
}

// runLine has the shell run a line, and returns what it said last if it fails. What the line leaves running
// in the background goes on: it may have restarted a server.
func runLine(ctx context.Context, line string, environment []string) error {
	said, err := os.CreateTemp("", "herdlab-hook-") // not a pipe, whose end would be awaited in the background, too
	if err != nil {
		return err
	}
	defer os.Remove(said.Name())
	defer said.Close()
	cmd := exec.Command("sh", "-c", line)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), environment...), said, said
	p, err := child.Start(cmd)
	if err != nil {
		return err
	}
	select {
	case <-p.Ended():
	case <-ctx.Done():
		p.KillGroup()
		return context.Cause(ctx)
	}
	if cmd.ProcessState.Success() {
		return nil
	}
	text, _ := os.ReadFile(said.Name())
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return p.Err()
	}
	lines := strings.Split(string(text), "\n")
	return fmt.Errorf("%w: %s", p.Err(), lines[len(lines)-1])
}

// hookedAttack runs a command when its attack is over.
type hookedAttack struct {
	*live.Attack
	alive func() error // of what was started for it
	after func() error
	once  sync.Once
	wrong []string
}

// Close closes the attack, and then runs the command, once.
func (h *hookedAttack) Close() {
	h.Attack.Close()
	h.once.Do(func() {
		for _, look := range []func() error{h.alive, h.after} {
			if err := look(); err != nil {
				h.wrong = append(h.wrong, err.Error())
			}
		}
	})
}

// Report tells what went wrong with the command, and what has ended meanwhile.
func (h *hookedAttack) Report(run *metrics.Run) {
	h.Attack.Report(run)
	run.Warnings = append(run.Warnings, h.wrong...)
}
