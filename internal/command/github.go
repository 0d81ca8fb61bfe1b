package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// onGitHub reports whether the command is a step of a workflow of GitHub Actions, which
// shows what fails beside the line of the file and has a page for each run of it.
func onGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// annotate writes the workflow command that shows an expectation which does not hold at
// its line. One of the catalogue, or of an override, is in no file of the repository.
func annotate(w io.Writer, sc *scenarios.Scenario, x metrics.Expectation) {
	where := "title=" + escapeProperty(sc.Name)
	if !sc.Shipped && x.Set == "" {
		where = fmt.Sprintf("file=%s,line=%d,%s", escapeProperty(inRepository(sc.File)), x.Line, where)
	}
	fmt.Fprintf(w, "::error %s::%s\n", where, escapeData(fmt.Sprintf("expected %s, but %s", x.Text, x.Reason)))
}

// The levels of an annotation: an error fails the step, and a notice is to be known.
const (
	AnError = "error"
	ANotice = "notice"
)

// Annotate has GitHub show a text of no file on the page of the workflow's run; it does
// nothing elsewhere.
func Annotate(w io.Writer, level, title, text string) {
	if onGitHub() {
		fmt.Fprintf(w, "::%s title=%s::%s\n", level, escapeProperty(title), escapeData(text))
	}
}

// inRepository is a path as it is seen from the top of the repository.
func inRepository(path string) string {
	whole, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	inside, err := filepath.Rel(os.Getenv("GITHUB_WORKSPACE"), whole)
	if err != nil || strings.HasPrefix(inside, "..") {
		return path
	}
	return filepath.ToSlash(inside)
}

// A workflow command ends with its line, and a property at a comma or a colon.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }

// mostSummary is what GitHub takes of a step's summary; it shows nothing of a longer one.
const mostSummary = 1 << 20

// addScenario adds the summary of a scenario to the page of the workflow's run.
func addScenario(d Delivery, v *view.View) error {
	return AddToSummary(func(w io.Writer) error {
		return reports.MarkdownElsewhere(w, v, filepath.ToSlash(filepath.Join(d.Out, v.Scenario+d.Suffix, "index.html")))
	})
}

// AddToSummary adds what write writes to the page of the workflow's run, if there is one.
// A step with more to say than GitHub shows leaves the rest to the reports.
func AddToSummary(write func(io.Writer) error) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if !onGitHub() || path == "" {
		return nil
	}
	var text strings.Builder
	if err := write(&text); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("add to the summary of the step: %w", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size()+int64(text.Len()) > mostSummary {
		return err
	}
	_, err = io.WriteString(file, text.String())
	return err
}
