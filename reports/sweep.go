package reports

import (
	"bufio"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

//go:embed assets/sweep.html.tmpl
var sweepText string

var sweepTemplate = template.Must(template.New("sweep").Funcs(template.FuncMap{"svg": svgOf}).Parse(sweepText))

// WriteSweep writes the report of a sweep into dir: sweep.json and sweep.csv with all
// results, summary.md, the page index.html, whose path it returns, and the charts as
// plots/*.svg. Equal results give equal bytes.
func WriteSweep(dir string, v *view.Sweep, results []*sweep.Result) (page string, err error) {
	plots := filepath.Join(dir, "plots")
	if err := os.MkdirAll(plots, 0o777); err != nil {
		return "", fmt.Errorf("make the directory of the report: %w", err)
	}
	pictures := charts.NewSweep(v)
	list := []output{
		{"sweep.json", func(w io.Writer) error { return sweepJSON(w, v, results) }},
		{"sweep.csv", func(w io.Writer) error { return sweepCSV(w, v, results) }},
		{"summary.md", func(w io.Writer) error { return sweepMarkdown(w, v) }},
		{"index.html", func(w io.Writer) error { return sweepHTML(w, v, pictures) }},
	}
	made := make(map[string]bool)
	for _, c := range pictures {
		list = append(list, output{"plots/" + c.Name + ".svg", c.SVG})
		made[c.Name+".svg"] = true
	}
	if err := writeFiles(dir, list, writeWhole); err != nil {
		return "", fmt.Errorf("write the report %s: %w", dir, err)
	}
	// A report of fewer cells, before the sweep went on, may have had other pictures.
	old, err := os.ReadDir(plots)
	for _, file := range old {
		ours := strings.HasPrefix(file.Name(), "axis-") || strings.HasPrefix(file.Name(), "heat-")
		if err == nil && ours && !made[file.Name()] {
			err = os.Remove(filepath.Join(plots, file.Name()))
		}
	}
	if err != nil {
		return "", fmt.Errorf("remove a chart of an earlier report: %w", err)
	}
	return filepath.Join(dir, "index.html"), nil
}

// sweepJSON writes everything that is known of a sweep, a line a cell.
func sweepJSON(w io.Writer, v *view.Sweep, results []*sweep.Result) error {
	out := bufio.NewWriter(w)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	fmt.Fprint(out, `{"sweep": `)
	if err := e.Encode(v.Head); err != nil {
		return err
	}
	between := `,"cells": [`
	for _, r := range results {
		fmt.Fprint(out, between)
		if err := e.Encode(r); err != nil {
			return err
		}
		between = ","
	}
	fmt.Fprintln(out, "]}")
	return out.Flush()
}

// sweepCSV writes a row per cell and strategy. Times are in ms and ratios from 0 to 1; a
// field is empty where the figure has no value.
func sweepCSV(w io.Writer, v *view.Sweep, results []*sweep.Result) error {
	out := csv.NewWriter(w)
	header := []string{"cell"}
	for _, a := range v.Grid.Axes {
		header = append(header, a.Name())
	}
	header = append(header, "seed", "strategy", "keeps_budget")
	for _, f := range v.Figures {
		header = append(header, f.Name)
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, r := range results {
		begin := append([]string{strconv.Itoa(r.Cell)}, v.Grid.Values(v.Grid.Cell(r.Cell).Point)...)
		begin = append(begin, strconv.FormatUint(r.Seed, 10))
		for _, run := range r.Runs {
			record := append(begin[:len(begin):len(begin)], run.Strategy, strconv.FormatBool(v.Keeps(run.Figures)))
			for _, f := range v.Figures {
				text := ""
				if value, ok := run.Figures[f.Name]; ok {
					text = strconv.FormatFloat(value, 'f', -1, 64)
				}
				record = append(record, text)
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// choiceTable is a table of choices, ready to be printed.
type choiceTable struct {
	Head     []string
	Rows     []choiceRow
	Verdicts bool // whether the last column says if the budget is kept
}

type choiceRow struct {
	Name   string
	Color  view.Color
	Cells  []view.Cell
	Kept   bool
	Broken []string
}

// mostRows bounds the table of the page: who wants more rows wants sweep.csv.
const mostRows = 200

// newChoiceTable has the settings of choices, then their figures.
func newChoiceTable(v *view.Sweep, choices []*view.Choice, verdicts bool) (t choiceTable) {
	t.Verdicts = verdicts
	columns := v.Columns()
	for _, a := range v.Grid.Axes {
		t.Head = append(t.Head, a.Name())
	}
	for _, f := range columns {
		t.Head = append(t.Head, view.TitleOf(f))
	}
	if verdicts {
		t.Head = append(t.Head, "budget")
	}
	for _, c := range choices {
		g := v.Strategies[c.Strategy]
		row := choiceRow{Name: g.Name, Color: g.Color, Kept: c.Kept, Broken: c.Broken}
		if c.Place > 0 {
			row.Name = fmt.Sprintf("%d. %s", c.Place, g.Name)
		}
		for _, text := range v.Settings(c) {
			row.Cells = append(row.Cells, view.Cell{Text: text})
		}
		for _, f := range columns {
			e := view.NewEstimate(c.Values(f.Name))
			row.Cells = append(row.Cells, view.Cell{Text: v.Write(f, e.Median), Low: v.Write(f, e.Low), High: v.Write(f, e.High)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// sweepPage is what the templates show beside the view.
type sweepPage struct {
	*view.Sweep
	frame
	Charts []charts.Chart
}

// sweepHTML writes index.html: one page with style and charts in it, which asks for
// nothing from elsewhere, and needs its script for the choice of light or dark alone.
func sweepHTML(w io.Writer, v *view.Sweep, pictures []charts.Chart) error {
	if err := sweepTemplate.Execute(humanize.PrintableWriter(w), sweepPage{v, newFrame(pageStyle, themeScript), pictures}); err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	return nil
}

// BestTable is the table of the choices that none beats.
func (p sweepPage) BestTable() choiceTable { return newChoiceTable(p.Sweep, p.Best(), false) }

// AllTable is the table of all choices, as far as the page has room.
func (p sweepPage) AllTable() choiceTable {
	var all []*view.Choice
	for i := range p.Choices[:min(len(p.Choices), mostRows)] {
		all = append(all, &p.Choices[i])
	}
	return newChoiceTable(p.Sweep, all, true)
}
