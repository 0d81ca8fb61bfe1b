package main

import (
	"fmt"

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
}

// Run joins shards and writes the report of the whole sweep.
func (m mergeCmd) Run(c *command.Console) error {
	folder, err := sweep.Merge(m.Out, m.Shards)
	if err != nil {
		return command.Usage(err)
	}
	defer folder.Close()
	return deliverSweep(c, folder, m.Out)
}

// deliverSweep writes the report of a folder's sweep, and prints what it answers.
func deliverSweep(c *command.Console, folder *sweep.Folder, out string) error {
	head := folder.Head()
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
	for _, text := range head.Keep {
		condition, err := scenarios.ParseCondition(text, head.Classes)
		if err != nil {
			return fmt.Errorf("%s: the condition %s of its log: %w", out, text, err)
		}
		conditions = append(conditions, condition)
	}
	v := view.NewSweep(*head, results, figures.All(), conditions)
	page, err := reports.WriteSweep(out, v, results)
	if err != nil {
		return err
	}
	for _, answer := range v.Answers {
		fmt.Fprintln(c.Out, answer)
	}
	_, err = fmt.Fprintf(c.Out, "report: %s\n", page)
	return err
}
