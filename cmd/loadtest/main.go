// Command loadtest runs scenarios for real: HTTP boxes on the loopback
// interface in front of the same strategies that simulate runs, a real cache, an
// origin, and vegeta as the load. See loadtest --help.
package main

import (
	"context"
	"io"
	"os"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/tier"
)

func main() {
	tier.Quiet()
	command.Process(run)
}

// cli is the command line.
type cli struct {
	command.VersionFlag

	Run      runCmd          `cmd:"" default:"withargs" help:"Run scenarios for real. Without any, a short one."`
	Attack   attackCmd       `cmd:"" help:"Send a scenario's traffic to a program of your own, in any language."`
	Identify identifyCmd     `cmd:"" help:"Say which strategy a program of your own behaves like."`
	Validate validateCmd     `cmd:"" help:"Run scenarios on the wall clock and on the virtual one, and compare the figures."`
	Prepare  prepareCmd      `cmd:"" help:"Fill the database of an origin."`
	Origin   originCmd       `cmd:"" help:"Serve a slow origin over HTTP, for any application, and count the herds that reach it."`
	Generate generateCmd     `cmd:"" hidden:"" help:"Send the requests of a loadtest that started this one."`
	List     command.ListCmd `cmd:"" help:"List the catalogue of scenarios."`
	Show     command.ShowCmd `cmd:"" help:"Explain a scenario in words."`
}

// run is main without the process around it.
func run(ctx context.Context, stdout, stderr io.Writer, args []string) int {
	return command.Main("loadtest", "Compare caching strategies on real HTTP and real caches.",
		new(cli), &command.Console{Ctx: ctx, Out: stdout, Err: stderr}, args)
}

// generateCmd is the other end of --generator process.
type generateCmd struct{}

// Run talks to the program that started it, by standard input and output.
func (generateCmd) Run(c *command.Console) error { return live.Generate(c.Ctx, os.Stdin, c.Out) }
