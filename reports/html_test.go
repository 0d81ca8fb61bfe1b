package reports

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

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
		"Source: a wiki, read in the summer.</p>",
		"<h2>The story</h2>", "<p>One page expired. A thousand wanted it.</p>", "<p>Nobody got it in time.</p>", "<dt>Look for</dt>",
		"<b>swr</b>: computes 950 to 2", `<figure id="before-after">`, "<h2>Summary</h2>", "before: nobody knew",
		"<h2>What cannot be reproduced</h2>", "stated: one | two", "<h2>Charts</h2>", `<figure id="latency">`,
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

// TestHTMLIsSelfContained: no script, and nothing from anywhere else.
func TestHTMLIsSelfContained(t *testing.T) {
	for name, f := range metricstest.Variants() {
		var buf bytes.Buffer
		if err := writeHTML(&buf, f); err != nil {
			t.Fatal(err)
		}
		wellFormed(t, name, buf.Bytes())
		page := buf.String()
		for _, word := range []string{"<script", "@import", "url(", "<link", "<img", "<iframe", " onload", "javascript:"} {
			if strings.Contains(strings.ToLower(page), word) {
				t.Errorf("%s: the page has %q", name, word)
			}
		}
		for _, address := range regexp.MustCompile(`https?://[^"' <]*`).FindAllString(page, -1) {
			if address != "http://www.w3.org/2000/svg" && address != "http://www.w3.org/1999/xlink" { // names, never asked for
				t.Errorf("%s: the page names %s", name, address)
			}
		}
		for _, g := range view.New(f, figures.All()).Groups {
			if g.Name != metricstest.Hostile && !strings.Contains(page, g.Name) {
				t.Errorf("%s: the page lacks %s", name, g.Name)
			}
		}
	}
}

// wellFormed reads the page by the stricter rules of XML.
func wellFormed(t *testing.T, name string, page []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(bytes.ReplaceAll(page, []byte("\x1b"), nil), nil)))
	dec.Entity = xml.HTMLEntity
	for {
		if _, err := dec.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
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
		"naive.failures is 50, naive.p99 is 30s", "box 0: the queue was full", "<td>queue: jobs run</td><td>n/a</td><td>3</td>", "<td>timeout</td><td>4.5 %</td><td>0 %</td>",
		`href="results.json"`, `href="timeseries.csv"`, `href="summary.md"`, `href="junit.xml"`, `href="plots/latency.png"`, "Fault at 1 s: slow-origin x10.",
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
