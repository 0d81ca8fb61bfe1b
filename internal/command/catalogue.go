package command

import (
	"fmt"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// ListCmd lists the catalogue of scenarios.
type ListCmd struct{}

// Run prints the catalogue, a line for each scenario under its theme.
func (ListCmd) Run(c *Console) error {
	list := scenarios.Catalogue()
	name, badge := 0, 0 // widths
	for _, s := range list {
		name, badge = max(name, len(s.Name)), max(badge, len(badges(s)))
	}
	gap := ""
	for _, theme := range scenarios.Themes() {
		title := fmt.Sprintf("%s%s: %s\n", gap, theme.Name, theme.Title)
		for _, s := range list {
			if s.Theme != theme.Name {
				continue
			}
			fmt.Fprintf(c.Out, "%s  %-*s  %-*s  %s\n", title, name, s.Name, badge, badges(s), oneLine(s.About))
			title, gap = "", "\n"
		}
	}
	return nil
}

// oneLine is a text without its line breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// badges say what else there is to know of a scenario before it is run.
func badges(s *scenarios.Scenario) string {
	var list []string
	if s.Quick {
		list = append(list, "quick")
	}
	if s.IsNotReal() {
		list = append(list, "modelled only")
	}
	return strings.Join(list, ", ")
}

// ShowCmd explains a scenario.
type ShowCmd struct {
	Scenario string   `arg:"" help:"A file, or a name of the catalogue."`
	All      bool     `help:"Every setting in force, with its meaning."`
	Set      []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, e.g. fleet.workers=50."`
}

// Run explains one scenario in words.
func (s ShowCmd) Run(c *Console) error {
	sc, err := scenarios.Open(s.Scenario, s.Set)
	if err != nil {
		return Usage(err)
	}
	return scenarios.Explain(humanize.PrintableWriter(c.Out), sc, s.All)
}

// SchemaCmd prints what a scenario file may have.
type SchemaCmd struct {
	Reference bool `xor:"of" help:"The reference for readers, in Markdown, in place of the schema."`
	Results   bool `xor:"of" help:"The schema of results.json."`
}

// Run prints a JSON Schema, or the reference of scenario files that is made from the same
// tags as theirs.
func (s SchemaCmd) Run(c *Console) error {
	if s.Results {
		_, err := c.Out.Write(reports.ResultsSchema())
		return err
	}
	write := scenarios.Schema
	if s.Reference {
		write = scenarios.Reference
	}
	text, err := write()
	if err != nil {
		return err
	}
	_, err = c.Out.Write(text)
	return err
}
