package command

import (
	"fmt"
	"text/tabwriter"

	"herdlab/scenarios"
)

// ListCmd lists the catalogue of scenarios.
type ListCmd struct{}

// Run prints the catalogue.
func (ListCmd) Run(c *Console) error {
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	for _, s := range scenarios.Catalogue() {
		set := ""
		if s.Quick {
			set = "quick"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, set, s.About)
	}
	return w.Flush()
}

// ShowCmd explains a scenario.
type ShowCmd struct {
	Scenario string   `arg:"" help:"A file, or a name of the catalogue."`
	Set      []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, e.g. fleet.workers=50."`
}

// Run explains one scenario in words.
func (s ShowCmd) Run(c *Console) error {
	sc, err := scenarios.Open(s.Scenario, s.Set)
	if err != nil {
		return Usage(err)
	}
	return scenarios.Explain(c.Out, sc)
}
