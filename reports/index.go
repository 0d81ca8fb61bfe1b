package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

//go:embed assets/index.html.tmpl
var indexTemplate string

// Shelf is a group of reports on the page that leads to them.
type Shelf struct {
	Title   string
	Reports []Linked
}

// Linked is a report that [Write] has made, in a directory below the page.
type Linked struct {
	Dir  string
	View *view.View
}

// indexed is a report as the template of the page shows it.
type indexed struct {
	*view.View
	Link, Picture string
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
	t, err := template.New("index").Parse(indexTemplate)
	if err != nil {
		return err
	}
	type shelf struct {
		Title   string
		Reports []indexed
	}
	page := struct {
		Title, Verdict string
		Mood           view.Mood
		Style          template.CSS
		Shelves        []shelf
	}{Title: title, Style: template.CSS(pageStyle)}
	total := new(metrics.File)
	for _, s := range shelves {
		group := shelf{Title: s.Title}
		for _, r := range s.Reports {
			group.Reports = append(group.Reports, newIndexed(r))
			total.Expectations = append(total.Expectations, r.View.Expectations...)
			total.Interrupted = total.Interrupted || r.View.Interrupted
		}
		page.Shelves = append(page.Shelves, group)
	}
	all := view.New(total, nil)
	page.Verdict, page.Mood = all.Verdict, all.Mood
	return t.Execute(w, page)
}

func newIndexed(r Linked) indexed {
	x := indexed{View: r.View, Link: path.Join(filepath.ToSlash(r.Dir), "index.html")}
	if name := charts.Lead(r.View); name != "" {
		x.Picture = path.Join(filepath.ToSlash(r.Dir), "plots", name+".png")
	}
	return x
}
