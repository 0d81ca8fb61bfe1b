package reports

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/view"
)

// fast is the condition that a request in 100 takes less than a second.
type fast struct{}

func (fast) String() string { return "p99 < 1s" }

func (fast) Holds(value func(string) (float64, bool)) bool {
	v, ok := value("p99")
	return ok && v < 1000
}

// writeSweep writes the report of a small sweep, whose second value is too slow, and
// reads its files.
func writeSweep(t *testing.T, scenario, strategy string) map[string]string {
	t.Helper()
	axis, err := sweep.ParseAxis("fleet.workers=10,20")
	if err != nil {
		t.Fatal(err)
	}
	head := sweep.Head{About: scenario, Grid: sweep.Grid{Scenario: scenario, Seed: 7, Seeds: 2, Axes: []sweep.Axis{axis}}}
	var results []*sweep.Result
	for i := range head.Grid.Cells() {
		c := head.Grid.Cell(i)
		results = append(results, &sweep.Result{Cell: i, Seed: c.Seed, Runs: []sweep.Run{{
			Strategy: strategy, Figures: map[string]float64{"p99": 900 + 200*float64(c.Point) + float64(c.Seed), "failure_ratio": 0.00012, "computes": 5}, Warnings: []string{"look out " + scenario},
		}}})
	}
	dir := t.TempDir()
	page, err := WriteSweep(dir, view.NewSweep(head, results, figures.All(), []view.Condition{fast{}}), results)
	if err != nil || page != filepath.Join(dir, "index.html") {
		t.Fatalf("%s, %v", page, err)
	}
	files := make(map[string]string)
	for _, name := range []string{"index.html", "summary.md", "sweep.csv", "sweep.json", "plots/trade-off.svg", "plots/axis-p99.svg"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
	}
	return files
}

func TestWriteSweep(t *testing.T) {
	files := writeSweep(t, "shop", "mutex")
	rows, err := csv.NewReader(strings.NewReader(files["sweep.csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "cell,fleet.workers,seed,strategy,keeps_budget,failure_ratio,p99,computes" {
		t.Errorf("the table has %s", got)
	}
	if got := strings.Join(rows[4], ","); len(rows) != 5 || got != "3,20,8,mutex,false,0.00012,1108,5" {
		t.Errorf("%d rows, the last is %s", len(rows), got)
	}
	var all struct {
		Sweep sweep.Head
		Cells []sweep.Result
	}
	if err := json.Unmarshal([]byte(files["sweep.json"]), &all); err != nil || len(all.Cells) != 4 || all.Sweep.Grid.Seeds != 2 || all.Cells[3].Runs[0].Figures["p99"] != 1108 {
		t.Errorf("%v: %+v", err, all)
	}
	for name, want := range map[string]string{
		"summary.md": "- mutex: the largest fleet.workers that keeps the budget is 10.\n\nBudget: `p99 < 1s`, under every seed and in every class of requests. 4 runs in 4 cells: 1 strategy, 2 settings, 2 seeds.",
		"index.html": `<p class="verdict">mutex: the largest fleet.workers that keeps the budget is 10.</p>`,
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s does not say %q:\n%.2000s", name, want, files[name])
		}
	}
	for _, no := range []string{"src=", "@import", "url("} {
		if strings.Contains(files["index.html"], no) {
			t.Errorf("the page has %s in it: it is to need nothing from elsewhere", no)
		}
	}
}

// Names from a file are text and nothing else.
func TestSweepOfHostileNames(t *testing.T) {
	evil := `<script>alert(1)</script>|@all`
	files := writeSweep(t, evil, evil)
	for _, name := range []string{"index.html", "summary.md", "plots/trade-off.svg", "plots/axis-p99.svg"} {
		if strings.Contains(files[name], "<script>alert") {
			t.Errorf("%s has the script in it", name)
		}
	}
	if strings.Contains(files["summary.md"], "|@all") {
		t.Error("summary.md mentions somebody")
	}
}
