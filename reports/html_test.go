package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

// TestStoryPage holds what a page tells before its tables, and in which order.
func TestStoryPage(t *testing.T) {
	var b bytes.Buffer
	f := metricstest.Incident()
	f.Source = "a wiki, read\nin the summer\n"
	if err := writeHTML(&b, f); err != nil {
		t.Fatal(err)
	}
	page, from := b.String(), 0
	for _, text := range []string{
		"<b>swr</b>: computes 950 to 2", `id="summary"`, "before: nobody knew", "stated: one | two",
		">The story</h2>", "<p>One page expired. A thousand wanted it.</p>", "<p>Nobody got it in time.</p>", "<dt>Look for</dt>", `<figure id="before-after">`,
		"<h2>What cannot be reproduced</h2>", ">Charts</h2>", `<figure id="latency">`,
		"Source: a wiki, read in the summer.</p>",
	} {
		at := strings.Index(page[from:], text)
		if at < 0 {
			t.Fatalf("the page lacks %q after byte %d", text, from)
		}
		from += at
	}
	if strings.Count(page, `id="before-after"`) != 1 {
		t.Error("the picture of the story is there twice")
	}
}

// writeHTML writes the page of a file with its charts.
func writeHTML(w io.Writer, f *metrics.File) error {
	v := view.New(f, figures.All())
	return HTML(w, v, charts.New(v))
}

func TestHTMLShowsEverything(t *testing.T) {
	f := metricstest.Tiny()
	var buf bytes.Buffer
	if err := writeHTML(&buf, f); err != nil {
		t.Fatal(err)
	}
	page := buf.String()
	for _, want := range []string{
		"page-burst", "1,000 requests meet one cold page.", "2 of 3 expectations failed", "simulate run made-up/page-burst.yaml --seed 7", "<td>--set expect.2</td>", "swr.computes == 2",
		"naive.failures is 50, naive.p99 is 30s", "box 0: the queue was full", ">queue: jobs run</dfn></td><td>n/a</td><td>3</td>", ">timeout</dfn></th>", `<td class="share failed">4.5 %<i style="width:4.5%"></i></td>`,
		`href="results.json"`, `href="timeseries.csv"`, `href="summary.md"`, `href="junit.xml"`, `href="plots/latency.svg"`, "Fault at 1 s: slow-origin x10.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, c := range charts.New(view.New(f, figures.All())) {
		if !strings.Contains(page, `<figure id="`+c.Name+`">`) || !strings.Contains(page, strings.ReplaceAll(c.Reading, "'", "&#39;")) {
			t.Errorf("the page lacks the chart %s or how to read it", c.Name)
		}
	}
}

// Every word that explains itself on the page stands in its glossary too.
func TestGlossary(t *testing.T) {
	for _, name := range []string{"burst", "story", "seeds"} {
		var b bytes.Buffer
		if err := writeHTML(&b, metricstest.Variants()[name]); err != nil {
			t.Fatal(err)
		}
		body, words, _ := strings.Cut(b.String(), `<h2 id="words">`)
		if !strings.Contains(body, `href="#words"`) || !strings.Contains(words, "<dt>herd</dt><dd>loads of one key") {
			t.Errorf("%s: the page has no way to its words, or none", name)
		}
		explained := regexp.MustCompile(`<dfn[^>]*>([^<]*)</dfn>`).FindAllStringSubmatch(body, -1)
		if len(explained) < 10 {
			t.Errorf("%s: %d words are explained", name, len(explained))
		}
		for _, word := range explained {
			if !strings.Contains(words, "<dt>"+word[1]+"</dt>") {
				t.Errorf("%s: the glossary lacks %s", name, word[1])
			}
		}
	}
}

// Every way within the page leads somewhere.
func TestWaysWithinThePage(t *testing.T) {
	for name, f := range metricstest.Variants() {
		var b bytes.Buffer
		if err := writeHTML(&b, f); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		ways := regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1)
		if len(ways) < 4 {
			t.Errorf("%s: %d ways", name, len(ways))
		}
		for _, to := range ways {
			if n := strings.Count(page, `id="`+to[1]+`"`); n != 1 {
				t.Errorf("%s: #%s is in %d places", name, to[1], n)
			}
		}
	}
}

// Nothing that a name has in it moves the cursor of a reader, or ends the data that the
// script reads.
func TestPagesArePrintable(t *testing.T) {
	f := metricstest.Variants()["hostile"]
	v := view.New(f, figures.All())
	var page, summary, table bytes.Buffer
	for _, err := range []error{HTML(&page, v, charts.New(v)), Markdown(&summary, v), Table(&table, v, Screen{})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"page": page.String(), "summary": summary.String(), "table": table.String()} {
		for at, r := range text {
			if unicode.IsControl(r) && r != '\n' && r != '\t' {
				t.Errorf("the %s has %U at byte %d, behind %q", name, r, at, text[max(0, at-20):at])
				break
			}
		}
	}
	_, data, _ := strings.Cut(page.String(), `id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	var read struct{ Strategies []struct{ Name string } }
	if err := json.Unmarshal([]byte(data), &read); err != nil || len(read.Strategies) != len(v.Groups) || !strings.Contains(read.Strategies[0].Name, "</script>") {
		t.Errorf("the data of the page has the strategies %+v, %v", read.Strategies, err)
	}
}

// Whose pages were shown to others is among the details; where there were none,
// nothing is said of them.
func TestLeaksAreTold(t *testing.T) {
	f := metricstest.Incident()
	before := f.Runs[0]
	before.Leaks, before.Victims = 600, 7
	for _, leaks := range []bool{true, false} {
		var b bytes.Buffer
		if err := writeHTML(&b, f); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "users whose pages were shown to others"); got != leaks {
			t.Errorf("with leaks %v, the page tells whose: %v", leaks, got)
		}
		before.Leaks, before.Victims, before.Series = 0, 0, metrics.Series{Requests: before.Series.Requests}
	}
}

// What is embedded is what NOTICE says: a library is not to be mended here, or swapped
// in silence.
func TestEmbeddedLibrary(t *testing.T) {
	notice, err := os.ReadFile(filepath.Join("..", "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"uPlot.iife.min.js": plotScript, "uPlot.min.css": plotStyle} {
		if want := fmt.Sprintf("%s %x", name, sha256.Sum256([]byte(text))); !strings.Contains(strings.Join(strings.Fields(string(notice)), " "), want) {
			t.Errorf("NOTICE does not say %s", want)
		}
	}
}
