package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/folder"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// Delivery is the part of a command line that says where results go.
type Delivery struct {
	Out    string `default:"out" help:"Directory for the reports, a folder for each scenario."`
	Format string `default:"table" enum:"table,json,markdown,csv,gobench,openmetrics" help:"What to print: ${enum}. Of several scenarios, JSON is a list, and CSV and OpenMetrics are one document."`
	PNG    bool   `name:"png" help:"Draw the charts as PNG too, beside plots/*.svg."`
	Quiet  bool   `short:"q" help:"Show no progress."`

	// Suffix tells the folders of one command from those of another, which may run the
	// same scenario and whose results are to be held against each other.
	Suffix string `kong:"-"`
}

// Heard is where is written what a user need not know: to stderr, or to nobody.
func (d Delivery) Heard(c *Console) io.Writer {
	if d.Quiet {
		return io.Discard
	}
	return c.Err
}

// folderOf is where the report of a scenario stands.
func (d Delivery) folderOf(sc *scenarios.Scenario) string {
	return filepath.Join(d.Out, sc.Name+d.Suffix)
}

// Writable tries the folders of all scenarios before anything is run.
func (d Delivery) Writable(scs []*scenarios.Scenario) error {
	for _, sc := range scs {
		if err := Writable(d.folderOf(sc)); err != nil {
			return err
		}
	}
	return nil
}

// Write writes the report of a scenario.
func (d Delivery) Write(sc *scenarios.Scenario, v *view.View) error {
	if err := reports.Write(d.folderOf(sc), v, reports.Options{PNG: d.PNG}); err != nil {
		return &Exit{ExitRun, err}
	}
	return nil
}

// reportPage is the path of a scenario's report.
func (d Delivery) reportPage(sc *scenarios.Scenario) string {
	return filepath.Join(d.folderOf(sc), "index.html")
}

// printWarnings prints what a reader of the figures has to know, each once, and of which
// strategy it is if it is not of all.
func printWarnings(out io.Writer, file *metrics.File) {
	of := make(map[string]int)
	for _, run := range file.Runs {
		for _, w := range run.Warnings {
			of[w]++
		}
	}
	said := make(map[string]bool)
	for _, run := range file.Runs {
		for _, w := range run.Warnings {
			text := w
			if of[w] < len(file.Runs) {
				text = run.Strategy + ": " + w
			}
			if !said[text] {
				said[text] = true
				fmt.Fprintln(out, "warning:", text)
			}
		}
	}
}

// Failures prints the expectations that do not hold, and counts them. On GitHub they are
// annotations besides.
func Failures(w io.Writer, sc *scenarios.Scenario, file *metrics.File) (n int) {
	for _, x := range file.Expectations {
		if !x.Holds {
			n++
			fmt.Fprintln(w, x.Failure(sc.Given()))
			if onGitHub() {
				annotate(w, sc, x)
			}
		}
	}
	return n
}

// Writable tries to make the folder of a report, so that a long run does not end in a
// refusal. What it makes it takes away again: a run that comes to nothing leaves
// nothing. It also removes what a run that was killed left beside the folder.
func Writable(dir string) error {
	made := missingDirs(filepath.Dir(filepath.Clean(dir)))
	defer func() {
		for _, d := range made {
			_ = os.Remove(d) // one that somebody has put something into stays
		}
	}()
	next, err := folder.Begin(dir, reports.Owns)
	if err != nil {
		return fmt.Errorf("--out: %w; name a directory you may write to", err)
	}
	next.Drop()
	return nil
}

// missingDirs are the directories on the way to dir that are not there, the innermost
// first.
func missingDirs(dir string) (list []string) {
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); !os.IsNotExist(err) {
			return list
		}
		list = append(list, d)
	}
}
