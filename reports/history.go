package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

//go:embed assets/history.html.tmpl
var historyText string

var historyTemplate = template.Must(template.New("history").Parse(historyText))

// Results are what one commit came to.
type Results struct {
	Name  string // of the commit, for people
	Files []*metrics.File
	Pages []string // of each file, its report from where the page is; empty where there is none
}

// course is how one strategy of a scenario came from the oldest commit to the newest.
type course struct {
	Scenario, Clock, Strategy string
	Columns                   []view.Column
	Lines                     []courseLine // the newest first
	sparks                    [][]float64  // of each column, the oldest first
}

type courseLine struct {
	Name, Link, Build string
	Place             string
	Cells             []courseCell
}

type courseCell struct {
	view.Cell
	Turn string // ▲ or ▼ where it is another than that of the commit before
}

// turned is the share by which a figure changed that gets a sign, as in a comparison of
// equal seeds.
const turned = 0.01

// History writes a page with a line a commit for every strategy of every scenario, the
// newest first: the figures of the summary, where they changed, and their course in a
// small picture. The commits are given in their order, the oldest first; one that lacks a
// scenario has no line there. It needs no script and no network.
func History(w io.Writer, commits []Results) error {
	var list []*course
	for _, commit := range commits {
		for i, f := range commit.Files {
			v := view.New(f, figures.All())
			list = addToCourses(list, v, courseLine{Name: commit.Name, Link: commit.Pages[i], Build: v.Tool.String()})
		}
	}
	if len(list) == 0 {
		return fmt.Errorf("there are no runs in these results")
	}
	for _, c := range list {
		slices.Reverse(c.Lines)
	}
	return historyTemplate.Execute(humanize.PrintableWriter(w), struct {
		frame
		Commits []Results
		Courses []*course
	}{newFrame(pageStyle, themeScript), commits, list})
}

// addToCourses adds a line for every strategy of a result.
func addToCourses(list []*course, v *view.View, line courseLine) []*course {
	for _, row := range v.Rows {
		i := slices.IndexFunc(list, func(c *course) bool {
			return c.Scenario == v.Scenario && c.Clock == v.Clock && c.Strategy == row.Name
		})
		if i < 0 {
			i = len(list)
			list = append(list, &course{Scenario: v.Scenario, Clock: v.Clock, Strategy: row.Name})
			for _, column := range v.Columns {
				list[i].addColumn(column)
			}
		}
		list[i].add(line, v, row)
	}
	return list
}

// addColumn adds a figure of the summary. What a story adds to it is another with every
// commit, and left out.
func (c *course) addColumn(column view.Column) {
	if !column.Told {
		c.Columns, c.sparks = append(c.Columns, column), append(c.sparks, nil)
	}
}

// add adds the line of a commit. A figure that only some of them have is in the columns
// of the first.
func (c *course) add(line courseLine, v *view.View, row view.Row) {
	line.Place, line.Cells = row.Place, make([]courseCell, len(c.Columns))
	for i, column := range c.Columns {
		cell := courseCell{Cell: view.Cell{Text: "n/a", Value: math.NaN()}}
		if at := slices.IndexFunc(v.Columns, func(other view.Column) bool { return other.Title == column.Title }); at >= 0 {
			cell.Cell = row.Cells[at]
		}
		if n := len(c.sparks[i]); n > 0 {
			cell.Turn = turn(c.sparks[i][n-1], cell.Value)
		}
		line.Cells[i] = cell
		c.sparks[i] = append(c.sparks[i], cell.Value)
	}
	c.Lines = append(c.Lines, line)
}

// turn is the sign of a change.
func turn(from, to float64) string {
	switch {
	case math.IsNaN(from) || math.IsNaN(to) || math.Abs(to-from) <= turned*math.Abs(from):
		return ""
	case to > from:
		return "▲"
	}
	return "▼"
}

// Sparks are the courses of the figures as pictures, from 0 to their largest.
func (c *course) Sparks() (pictures []template.HTML) {
	const width, height = 90.0, 22.0
	for _, values := range c.sparks {
		largest := 0.0
		for _, v := range values {
			if !math.IsNaN(v) {
				largest = max(largest, v)
			}
		}
		var points []string
		for i, v := range values {
			if !math.IsNaN(v) {
				x, y := width*float64(i)/max(float64(len(values)-1), 1), height-1
				if largest > 0 {
					y -= (height - 2) * v / largest
				}
				points = append(points, fmt.Sprintf("%.1f,%.1f", x, y))
			}
		}
		pictures = append(pictures, template.HTML(fmt.Sprintf(
			`<svg width="%g" height="%g" viewBox="-2 0 %g %g" aria-hidden="true"><polyline points="%s" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/></svg>`,
			width+4, height, width+4, height, strings.Join(points, " "))))
	}
	return pictures
}
