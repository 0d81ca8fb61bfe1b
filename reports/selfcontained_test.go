//go:build !race

package reports

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics/metricstest"
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
