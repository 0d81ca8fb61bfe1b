package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

//go:embed assets/index.html.tmpl
var indexText string

var indexTemplate = template.Must(template.New("index").Parse(indexText))

// Shelf is a group of reports on the page that leads to them.
type Shelf struct {
	Title   string
	Reports []Linked
}

// Linked is a report that [Write] has made, in a directory below the page.
type Linked struct {
	Dir string
	*view.View
}

// Link leads to the report.
func (l Linked) Link() string { return path.Join(filepath.ToSlash(l.Dir), "index.html") }

// Picture is the chart that stands for the report; it is empty where there is none.
func (l Linked) Picture() string {
	name := charts.Lead(l.View)
	if name == "" {
		return ""
	}
	return path.Join(filepath.ToSlash(l.Dir), "plots", name+".svg")
}

// WriteIndex writes index.html into dir: a page that leads to the reports below
// it, with the verdict of each, what its fixes changed, and its picture.
func WriteIndex(dir, title string, shelves []Shelf) (file string, err error) {
	file = filepath.Join(dir, "index.html")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("make the directory of the reports: %w", err)
	}
	if err := writeWhole(file, func(w io.Writer) error { return index(w, title, shelves) }); err != nil {
		return "", fmt.Errorf("write the page of all reports: %w", err)
	}
	return file, nil
}

func index(w io.Writer, title string, shelves []Shelf) error {
	total := new(metrics.File)
	for _, s := range shelves {
		for _, r := range s.Reports {
			total.Expectations = append(total.Expectations, r.Expectations...)
			total.Interrupted = total.Interrupted || r.Interrupted
		}
	}
	return indexTemplate.Execute(humanize.PrintableWriter(w), struct {
		*view.View // of all reports, for what became of their expectations
		frame
		Title   string
		Shelves []Shelf
	}{view.New(total, nil), newFrame(pageStyle, themeScript), title, shelves})
}
