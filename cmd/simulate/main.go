// Command simulate compares caching strategies in virtual time.
//
// Without arguments it runs the quick set of scenarios under every strategy,
// shows progress, prints a table for each and leaves a report with plots under
// out/. See simulate --help.
package main

import (
	"context"
	"io"

	"github.com/herdlab/herdlab/internal/command"
)

func main() { command.Process(run) }

// cli is the command line.
type cli struct {
	command.VersionFlag

	Run     runCmd            `cmd:"" default:"withargs" help:"Run scenarios: files, or names of the catalogue. Without any, the quick set."`
	Sweep   sweepCmd          `cmd:"" help:"Run a scenario with every combination of some settings, and say which of them keep the budget."`
	Merge   mergeCmd          `cmd:"" help:"Join the shards of a sweep."`
	Advise  adviseCmd         `cmd:"" help:"Search the strategy for a workload that keeps the budget and costs least."`
	Compare compareCmd        `cmd:"" help:"Compare two results, and fail where one regressed."`
	Explain explainCmd        `cmd:"" help:"Show single requests step by step: the slowest and the failed, or any one."`
	History historyCmd        `cmd:"" help:"Write a page of the results of many commits, a line for each."`
	List    command.ListCmd   `cmd:"" help:"List the catalogue of scenarios."`
	Show    command.ShowCmd   `cmd:"" help:"Explain a scenario in words."`
	Schema  command.SchemaCmd `cmd:"" help:"Print the JSON Schema of a scenario file, for an editor."`
}

// run is main without the process around it.
func run(ctx context.Context, stdout, stderr io.Writer, args []string) int {
	return command.Main("simulate", "Compare caching strategies in virtual time: exact, reproducible, in seconds.",
		new(cli), &command.Console{Ctx: ctx, Out: stdout, Err: stderr}, args)
}
