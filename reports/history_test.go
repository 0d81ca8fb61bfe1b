package reports

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
)

// A line a commit, the newest first, with a sign where a figure changed; one that lacks
// the scenario has none.
func TestHistory(t *testing.T) {
	var commits []Results
	for _, c := range []struct {
		name     string
		computes int64
	}{{"one", 1000}, {"<two>", 1005}, {"none", 0}, {"three", 2000}, {"four", 500}} {
		r := Results{Name: c.name}
		if c.computes > 0 {
			f := metricstest.Tiny()
			f.Runs[0].Computes = c.computes
			r.Files, r.Pages = []*metrics.File{f}, []string{"reports/" + c.name + "/index.html"}
		}
		commits = append(commits, r)
	}
	var page bytes.Buffer
	if err := History(&page, commits); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	_, naive, _ := strings.Cut(text, "<h3>naive ")
	at := -1
	for _, want := range []string{
		`<a href="reports/four/index.html">four</a>`, `<span class="turn">▼</span>500<`, "three</a>", `<span class="turn">▲</span>2,000<`, "&lt;two&gt;</a>", "<td>1,005<", "one</a>", "<td>1,000<",
		`points="0.0,11.0 30.0,10.9 60.0,1.0 90.0,16.0"`,
	} {
		next := strings.Index(naive, want)
		if next <= at {
			t.Errorf("%s is at %d, want it behind %d", want, next, at)
		}
		at = next
	}
	if strings.Contains(text, ">none<") || strings.Contains(text, "<two>") {
		t.Error("there is a commit without results, or a name is not escaped")
	}
	for d := xml.NewDecoder(&page); ; {
		d.Strict = false
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := History(io.Discard, nil); err == nil {
		t.Error("there is a history of nothing")
	}
}
