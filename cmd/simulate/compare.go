package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/reports"
)

// compareCmd compares two results, of simulate or of loadtest.
type compareCmd struct {
	Old string `arg:"" help:"The baseline: a results.json, a report's folder, or a folder of reports such as out."`
	New string `arg:"" help:"What is compared with it, likewise."`

	FailOn       []string `placeholder:"RULE" sep:"none" help:"What fails: 'p99 +10%', 'mutex.computes +5', 'failures +0', 'hit_ratio -1pp', 'budget worse', 'any worse', 'any changed'. Default: any worse."`
	AllowMissing bool     `help:"Fail nothing because OLD is not there, lacks something or cannot be compared: it is only said. For the first run of a pipeline."`

	Format string `default:"text" enum:"text,md,markdown,json,html" help:"What to print: ${enum}."`
	All    bool   `help:"With text and Markdown: every figure, the same ones too."`
}

// Help is what --help says below the flags.
func (compareCmd) Help() string {
	return `Exit code 4 is a regression: a figure that a --fail-on forbids or, without any, that became worse by more than 1 % (virtual clock) or than noise (wall clock), and whatever OLD has and NEW lacks.`
}

// Run reads both sides, prints what they differ in, and says what regressed.
func (r compareCmd) Run(c *command.Console) error {
	rules, err := r.rules()
	if err != nil {
		return command.Usage(err)
	}
	comparison, err := r.read()
	if err != nil {
		return command.Usage(err)
	}
	if c.Ctx.Err() != nil {
		return &command.Exit{Code: command.ExitInterrupted, Err: errors.New("interrupted: nothing is compared")}
	}
	if r.AllowMissing {
		comparison.AllowMissing()
	}
	gate, err := compare.Check(comparison, rules)
	if err != nil {
		return command.Usage(fmt.Errorf("--fail-on %w", err))
	}
	if err := r.print(c, gate); err != nil {
		return err
	}
	if !gate.Regressed() {
		return nil
	}
	return &command.Exit{Code: command.ExitRegressed, Err: errors.New(gate.Verdict())}
}

// read compares the two sides. An OLD that is not there, or that another version wrote, is
// no mistake of the command line: a pipeline has it when it is new, or the program is.
func (r compareCmd) read() (*compare.Comparison, error) {
	news, err := reports.Open(r.New)
	if err != nil {
		return nil, err
	}
	olds, err := reports.Open(r.Old)
	var schema *reports.SchemaError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return compare.WithoutBaseline(r.Old + " does not exist"), nil
	case errors.As(err, &schema):
		return compare.WithoutBaseline(err.Error()), nil
	case err != nil:
		return nil, err
	}
	return compare.New(olds, news, figures.All()), nil
}

// rules reads what is to fail.
func (r compareCmd) rules() (rules []compare.Rule, err error) {
	for _, text := range r.FailOn {
		rule, err := compare.ParseRule(text, figures.All())
		if err != nil {
			return nil, fmt.Errorf("--fail-on %w", err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// mostSaid is how many breaches are said beside a format that is not for a screen, and in
// annotations, of which GitHub shows ten a step.
const mostSaid = 10

// tellGitHub has the page of a workflow's run show what regressed, what could not be
// compared, and the comparison.
func (r compareCmd) tellGitHub(c *command.Console, of *compare.Gate) error {
	said := 0
	for _, p := range of.Problems {
		level := command.ANotice
		if p.Fails {
			level = command.AnError
		}
		if said++; said <= mostSaid {
			command.Annotate(c.Err, level, cmp.Or(p.Scenario, "compare"), p.String())
		}
	}
	for _, b := range of.Breaches[:min(len(of.Breaches), mostSaid)] {
		command.Annotate(c.Err, command.AnError, b.Scenario, b.String())
	}
	return command.AddToSummary(func(w io.Writer) error { return reports.CompareMarkdown(w, of, r.All) })
}

// print prints the comparison; where that is not for a screen, a log has what breaks
// which rule, and where it is, GitHub has it all.
func (r compareCmd) print(c *command.Console, of *compare.Gate) error {
	if r.Format != "text" {
		for _, b := range of.Breaches[:min(len(of.Breaches), mostSaid)] {
			fmt.Fprintln(c.Err, b)
		}
	}
	switch r.Format {
	case "md", "markdown":
		return reports.CompareMarkdown(c.Out, of, r.All)
	case "json":
		return reports.CompareJSON(c.Out, of)
	case "html":
		return reports.CompareHTML(c.Out, of)
	}
	return cmp.Or(reports.CompareText(c.Out, of, r.All, command.Colourful(c.Out)), r.tellGitHub(c, of))
}
