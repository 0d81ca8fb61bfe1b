package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

type mergeCmd struct {
	Out    string   `arg:"" help:"Folder to write."`
	Shards []string `arg:"" help:"Folders of all shards of one sweep."`
	Keep   []string `placeholder:"CONDITION" sep:"none" help:"What a strategy must keep, in place of what the shards have."`
}

// Run joins shards and writes the report of the whole sweep.
func (m mergeCmd) Run(c *command.Console) error {
	folder, err := sweep.Merge(m.Out, m.Shards, m.Keep)
	if err != nil {
		return command.Usage(err)
	}
	defer folder.Close()
	keep := folder.Head().Keep
	if m.Keep != nil {
		keep = m.Keep
	}
	return deliverSweep(c, folder, m.Out, keep)
}

// deliverSweep writes the report of a folder's sweep, whose strategies have to keep
// conditions, and prints what it answers.
func deliverSweep(c *command.Console, folder *sweep.Folder, out string, keep []string) error {
	head := *folder.Head()
	head.Keep = keep
	var results []*sweep.Result
	for cell := range head.Grid.Cells() {
		if !folder.Done(cell) {
			continue
		}
		r, err := folder.Result(cell)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return nil
	}
	var conditions []view.Condition
	for _, text := range keep {
		condition, err := scenarios.ParseCondition(text, head.Classes)
		if err != nil {
			return command.Usage(fmt.Errorf("--keep %s: %w", text, err))
		}
		conditions = append(conditions, condition)
	}
	v := view.NewSweep(head, results, figures.All(), conditions)
	page, err := reports.WriteSweep(out, v, results)
	if err != nil {
		return err
	}
	for _, answer := range v.Answers {
		fmt.Fprintln(c.Out, answer)
	}
	if _, err := fmt.Fprintf(c.Out, "report: %s\n", page); err != nil {
		return err
	}
	return command.AddToSummary(func(w io.Writer) error { return reports.SweepElsewhere(w, v, filepath.ToSlash(page)) })
}
