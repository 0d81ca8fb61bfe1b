package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
)

// TestHTMLIsSelfContained: no script, and nothing from anywhere else.
func TestHTMLIsSelfContained(t *testing.T) {
	for name, f := range variants() {
		var buf bytes.Buffer
		if err := HTML(&buf, f); err != nil {
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
		for _, g := range groups(f) {
			if g.name != hostile && !strings.Contains(page, g.name) {
				t.Errorf("%s: the page lacks %s", name, g.name)
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
	f := tiny()
	var buf bytes.Buffer
	if err := HTML(&buf, f); err != nil {
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
	for _, c := range Charts(f) {
		if !strings.Contains(page, `<figure id="`+c.Name+`">`) || !strings.Contains(page, strings.ReplaceAll(c.Reading, "'", "&#39;")) {
			t.Errorf("the page lacks the chart %s or how to read it", c.Name)
		}
	}
}

func TestMarkdownEscapes(t *testing.T) {
	var buf bytes.Buffer
	if err := Markdown(&buf, variants()["hostile"]); err != nil {
		t.Fatal(err)
	}
	body, _, _ := strings.Cut(buf.String(), "Made on the") // what follows is code
	for line := range strings.SplitSeq(body, "\n") {
		outside := regexp.MustCompile("``+ .* ``+").ReplaceAllString(line, "")
		if strings.Contains(outside, "<script") || strings.Contains(outside, "@all") || strings.Contains(outside, "*e*") {
			t.Errorf("not escaped: %s", line)
		}
		if strings.HasPrefix(line, "|") {
			cells := len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(line, -1))
			if cells != 12 && cells != 5 {
				t.Errorf("a table row of %d bars: %s", cells, line)
			}
		}
	}
}

func TestJUnitEscapes(t *testing.T) {
	for name, f := range variants() {
		var buf bytes.Buffer
		if err := JUnit(&buf, f); err != nil {
			t.Fatal(err)
		}
		var got junitSuites
		if err := xml.Unmarshal(buf.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		cases, failures, errs := len(got.Suite.Cases), 0, 0
		for _, c := range got.Suite.Cases {
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errs++
			}
			if c.Name == "" || c.Class == "" {
				t.Errorf("%s: a case without a name: %+v", name, c)
			}
		}
		if cases == 0 || got.Tests != cases || got.Suite.Tests != cases || got.Failures != failures || got.Suite.Failures != failures || got.Errors != errs {
			t.Errorf("%s: the counts are wrong: %+v", name, got)
		}
		if (errs > 0) != f.Interrupted {
			t.Errorf("%s: %d errors, interrupted %v", name, errs, f.Interrupted)
		}
	}
}

func TestCSVIsRectangular(t *testing.T) {
	for name, f := range variants() {
		var buf bytes.Buffer
		if err := CSV(&buf, f); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&buf).ReadAll() // which checks the number of fields
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := 1
		for _, run := range f.Runs {
			want += len(run.Series.Requests)
		}
		if len(rows) != want {
			t.Errorf("%s: %d rows, want %d", name, len(rows), want)
		}
	}
}

// TestGoBenchNames: the reader splits a line at spaces and takes a number after
// the last hyphen of the name for GOMAXPROCS.
func TestGoBenchNames(t *testing.T) {
	f := tiny()
	f.Scenario, f.Runs[0].Strategy, f.Runs[1].Strategy = "a b/c", "swr-8", hostile
	var buf bytes.Buffer
	if err := GoBench(&buf, f); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(buf.String()), "\n")[2:]
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "BenchmarkLab/scenario=a_b_c/strategy=swr-8-1 1 ") {
		t.Errorf("the lines are %q", lines)
	}
	for _, line := range lines {
		if fields := strings.Fields(line); len(fields)%2 != 0 || fields[1] != "1" {
			t.Errorf("a line is no name, number and pairs: %q", line)
		}
	}
}
