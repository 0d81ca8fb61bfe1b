//go:build !race

package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

// A hostile result is text in every format, and the page needs nothing else.
func TestComparisonEscapes(t *testing.T) {
	for name, old := range metricstest.Variants() {
		new := *old
		new.Runs = nil
		for _, r := range old.Runs {
			run := *r
			run.Failures += 50
			new.Runs = append(new.Runs, &run)
		}
		gate := gated(t, old, &new)
		var page, text, summary, document bytes.Buffer
		for _, err := range []error{
			CompareHTML(&page, gate), CompareText(&text, gate, true, false), CompareMarkdown(&summary, gate, true), CompareJSON(&document, gate),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		bare := scripts.ReplaceAll(page.Bytes(), nil)
		wellFormed(t, name, bare)
		page = *bytes.NewBuffer(bare)
		for _, word := range []string{"<script", "@import", "url(", "<link", "<img", "<iframe", " onload", "javascript:", "<b>"} {
			if strings.Contains(strings.ToLower(page.String()), word) || strings.Contains(strings.ToLower(summary.String()), word) {
				t.Errorf("%s: a page has %q", name, word)
			}
		}
		if strings.ContainsAny(text.String(), "\x1b\x00\r") {
			t.Errorf("%s: a control character reaches the terminal", name)
		}
		if !json.Valid(document.Bytes()) {
			t.Errorf("%s: no JSON", name)
		}
	}
}

// scripts are the elements of those, which are not written by the rules of XML.
var scripts = regexp.MustCompile(`(?s)<script[^>]*>.*?</script>`)

// TestHTMLIsSelfContained: the scripts of the page and no others, and nothing from
// anywhere else.
func TestHTMLIsSelfContained(t *testing.T) {
	for name, f := range metricstest.Variants() {
		var buf bytes.Buffer
		if err := writeHTML(&buf, f); err != nil {
			t.Fatal(err)
		}
		if n := len(scripts.FindAll(buf.Bytes(), -1)); n != 4 {
			t.Errorf("%s: %d scripts", name, n)
		}
		bare := scripts.ReplaceAll(buf.Bytes(), nil)
		wellFormed(t, name, bare)
		page := string(bare)
		for _, picture := range regexp.MustCompile(`<img src="[^"]*"`).FindAllString(page, -1) {
			if !strings.HasPrefix(picture, `<img src="plots/`) {
				t.Errorf("%s: the page shows %s", name, picture)
			}
		}
		for _, word := range []string{"<script", "@import", "url(", "<link", "<iframe", " onload", " onclick", "javascript:"} {
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
	dec := xml.NewDecoder(bytes.NewReader(page)) // which knows no control characters
	dec.Entity = xml.HTMLEntity
	for {
		if _, err := dec.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
