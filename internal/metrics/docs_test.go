package metrics_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// docs/results.md has every field of results.json, and every outcome.
func TestEveryFieldIsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "results.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := fields(reflect.TypeFor[metrics.File]())
	if len(names) < 80 {
		t.Fatalf("%d fields: %v", len(names), names)
	}
	for _, name := range append(names, outcomes()...) {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/results.md lacks `%s`", name)
		}
	}
}

// fields are the JSON names in t and in everything it is made of.
func fields(t reflect.Type) (names []string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return fields(t.Elem())
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(t) {
			if len(f.Index) > 1 {
				continue // of an embedded struct, which is visited itself
			}
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				names = append(names, name)
			}
			names = append(names, fields(f.Type)...)
		}
	}
	return names
}

func outcomes() (names []string) {
	for o := range metrics.Outcome(metrics.NumOutcomes) {
		names = append(names, o.String())
	}
	return names
}
