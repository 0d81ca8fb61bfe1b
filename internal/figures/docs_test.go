package figures_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
)

var update = flag.Bool("update", false, "write the table of docs/results.md anew")

// docs/results.md says of every figure how tables call it, which way is better, and
// within what a simulation of it holds. Its meaning is in docs/scenario.md, which is
// made from the same table.
func TestResultsPage(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "results.md")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const from, to = "<!-- figures: go test ./internal/figures -update -->\n", "<!-- end of figures -->\n"
	before, rest, ok := strings.Cut(string(b), from)
	had, after, also := strings.Cut(rest, to)
	if !ok || !also {
		t.Fatalf("docs/results.md lacks the lines\n%s%s", from, to)
	}
	var want strings.Builder
	want.WriteString("| figure | in tables | better | over time | measured and simulated agree within |\n|---|---|---|---|---|\n")
	for _, f := range figures.All() {
		series, tolerance := "", ""
		if f.Series != nil {
			series = "`" + f.Series.Name + "`"
		}
		if f.Tolerance != nil {
			tolerance = f.Tolerance.Words
		}
		better := [...]string{figures.Neither: "", figures.Lower: "lower", figures.Higher: "higher"}[f.Better]
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s | %s |\n", f.Name, f.Title, better, series, tolerance)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+from+want.String()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if had != want.String() {
		t.Error("docs/results.md differs from the table: go test ./internal/figures -update")
	}
}
