package command

import (
	"cmp"
	"fmt"
	"io"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// Printout is what a command prints of its results: one document of one format, however
// many scenarios there are.
type Printout struct {
	Delivery
	out     io.Writer
	several bool // scenarios: JSON is a list of them

	printed int
	kept    []*view.View // for a format that wants all of them at once
}

// Printout begins the document of so many scenarios.
func (d Delivery) Printout(out io.Writer, scenarios int) *Printout {
	return &Printout{Delivery: d, out: out, several: scenarios > 1}
}

// Deliver writes the report and prints what was asked for, which it does also where the
// report cannot be written: what took minutes to compute is not lost to a full disk. Of a
// scenario that was interrupted before its first run had ended there is nothing to deliver.
func (p *Printout) Deliver(sc *scenarios.Scenario, file *metrics.File) error {
	if file.Interrupted && len(file.Runs) == 0 {
		return nil
	}
	v := view.New(file, figures.All())
	unwritten := p.Write(sc, v)
	if err := p.print(v); err != nil {
		return cmp.Or(unwritten, err)
	}
	if p.Format == "table" {
		for _, change := range v.Changes {
			fmt.Fprintln(p.out, change)
		}
		printWarnings(p.out, file)
		if unwritten == nil {
			fmt.Fprintf(p.out, "report: %s\n\n", p.reportPage(sc))
		}
	}
	return cmp.Or(unwritten, addScenario(p.Delivery, v))
}

// print prints the next scenario.
func (p *Printout) print(v *view.View) error {
	first := p.printed == 0
	p.printed++
	switch p.Format {
	case "json":
		between := ""
		switch {
		case p.several && first:
			between = "[\n"
		case p.several:
			between = ",\n"
		}
		if _, err := io.WriteString(p.out, between); err != nil {
			return err
		}
		return reports.JSON(p.out, v.File)
	case "csv":
		return reports.CSVOf(p.out, v, first)
	case "openmetrics":
		p.kept = append(p.kept, v)
		return nil
	case "markdown":
		return reports.Markdown(p.out, v)
	case "gobench":
		return reports.GoBench(p.out, v)
	}
	return reports.Table(p.out, v, screenOf(p.out))
}

// End prints what the document ends with. It is called however the command ends, so that
// what is printed can be read.
func (p *Printout) End() error {
	switch {
	case p.Format == "openmetrics":
		return reports.OpenMetrics(p.out, p.kept...)
	case p.Format == "json" && p.several:
		text := "]\n"
		if p.printed == 0 {
			text = "[]\n"
		}
		_, err := io.WriteString(p.out, text)
		return err
	}
	return nil
}
