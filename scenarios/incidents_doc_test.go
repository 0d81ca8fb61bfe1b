package scenarios_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Whoever reads about the incidents finds each of them.
func TestIncidentsAreInTheDocs(t *testing.T) {
	for file, link := range map[string]string{
		"../docs/incidents.md": "[%[1]s](../scenarios/incidents/%[1]s.yaml)",
		"../README.md":         "[%[1]s](scenarios/incidents/%[1]s.yaml)",
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range catalogue() {
			if want := fmt.Sprintf(link, s.Name); s.IsIncident() && !strings.Contains(string(text), want) {
				t.Errorf("%s has no %s: add it under its theme", file, want)
			}
		}
	}
}
