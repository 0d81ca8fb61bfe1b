package command

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/view"
)

// What is printed of several scenarios is one document, whatever the number of them that
// come to their end.
func TestPrintoutIsOneDocument(t *testing.T) {
	print := func(format string, of int, names ...string) string {
		t.Helper()
		var out bytes.Buffer
		p := Delivery{Format: format}.Printout(&out, of)
		for _, name := range names {
			file := result(made(t, name, "rings"))
			for _, run := range file.Runs {
				run.Series.Requests = []int64{1, 2}
			}
			if err := p.print(view.New(file, figures.All())); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.End(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, names := range [][]string{{}, {"first"}, {"first", "second", "third"}} {
		var list []struct{ Scenario string }
		if err := json.Unmarshal([]byte(print("json", 3, names...)), &list); err != nil || len(list) != len(names) {
			t.Errorf("JSON of %v is %v, %v", names, list, err)
		}
	}
	var one struct{ Scenario string }
	if err := json.Unmarshal([]byte(print("json", 1, "first")), &one); err != nil || one.Scenario != "first" {
		t.Errorf("JSON of one is of %q, %v", one.Scenario, err)
	}
	rows, err := csv.NewReader(strings.NewReader(print("csv", 2, "first", "second"))).ReadAll()
	if err != nil || len(rows) != 9 || rows[0][0] != "scenario" || rows[1][0] != "first" || rows[8][0] != "second" {
		t.Errorf("CSV is %v, %v", rows, err)
	}
	text := print("openmetrics", 2, "first", "second")
	if strings.Count(text, "# EOF\n") != 1 || !strings.HasSuffix(text, "# EOF\n") || strings.Count(text, "# TYPE herdlab_computes gauge\n") != 1 ||
		!strings.Contains(text, "herdlab_computes{scenario=\"second\",strategy=\"before\",seed=\"0\",clock=\"\"} 50.0\n") {
		t.Errorf("OpenMetrics is\n%s", text)
	}
}
