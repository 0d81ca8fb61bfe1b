package strategies_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/tag"
)

// TestEveryStrategyHasWhatItOwes names what a new strategy still lacks: a variant under
// the contract, a transcript, a place in the package's documentation.
func TestEveryStrategyHasWhatItOwes(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var transcripts strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		transcripts.Write(text)
	}
	for _, k := range catalog.All() {
		s, err := catalog.Try(catalog.Choice{Kind: k.Name, Config: k.Config()})
		if err != nil {
			t.Fatal(err)
		}
		if _, name, _ := strings.Cut(fmt.Sprintf("%T", s), "."); !strings.Contains(string(doc), name+"]") {
			t.Errorf("%s: doc.go does not say when to choose [%s]", k.Name, name)
		}
		if !strings.Contains(transcripts.String(), "strategy "+k.Name+" ") && !strings.Contains(transcripts.String(), "strategy "+k.Name+"\n") {
			t.Errorf("%s: no transcript in testdata shows it: write one that begins with a comment saying what is to be seen", k.Name)
		}
		if !under(k.Name) {
			t.Errorf("%s: it is not held against the contract: add a line to variants()", k.Name)
		}
	}
}

// under reports whether a variant of the strategy is under the contract.
func under(name string) bool {
	pattern := regexp.MustCompile("^" + regexp.QuoteMeta(name) + `\b`)
	for _, v := range variants() {
		if pattern.MatchString(v.name) {
			return true
		}
	}
	return false
}

// owing fails for every strategy that has a setting and is not among the tested.
func owing[T any](t *testing.T, setting string, tested map[string]T) {
	t.Helper()
	for _, k := range catalog.All() {
		for _, f := range tag.Fields(k.Settings()) {
			if _, ok := tested[k.Name]; !ok && f.Name == setting {
				t.Errorf("%s has the setting %s, and no case of this test", k.Name, setting)
			}
		}
	}
}
