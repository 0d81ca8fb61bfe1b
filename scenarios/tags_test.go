package scenarios

import (
	"reflect"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
)

// TestTags reads every tag that a file can reach: each field says what it
// means, each default and bound can be read, and each default is in range.
func TestTags(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		if seen[typ] || typ == reflect.TypeFor[Entry]() || typ == reflect.TypeFor[Expectation]() {
			return
		}
		seen[typ] = true
		for _, s := range tag.Fields(typ) {
			at := path + "." + s.Name
			if s.Doc == "" {
				t.Errorf("%s has no doc", at)
			}
			checkTag(t, at, s)
			inner := s.Base()
			for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				walk(at, inner)
			}
		}
	}
	walk("scenario", reflect.TypeFor[Scenario]())
	for _, k := range catalog.All() {
		walk(k.Name, k.Settings())
	}
	for _, k := range fault.Kinds() {
		walk(k.Name, reflect.TypeOf(k.Fault))
	}
	walk("variant", reflect.TypeFor[Part]())
	walk("expect", reflect.TypeFor[reasoned]())
	if len(seen) < 15 {
		t.Errorf("%d types only", len(seen))
	}
}

func TestWindow(t *testing.T) {
	for duration, want := range map[time.Duration]time.Duration{
		time.Millisecond: time.Millisecond, 30 * time.Second: 200 * time.Millisecond, 2 * time.Minute: time.Second,
		time.Hour: 30 * time.Second, 14 * units.Day: 2 * time.Hour, 400 * units.Day: 2 * units.Day,
	} {
		if got := defaultWindow(duration); got != want {
			t.Errorf("defaultWindow(%v) = %v, want %v", duration, got, want)
		}
	}
}

// checkTag reads a field's tags as a file would be read.
func checkTag(t *testing.T, at string, f tag.Field) {
	t.Helper()
	for _, text := range []string{f.Min, f.Max, f.Default} {
		if text == "" {
			continue
		}
		if _, err := f.Parse(text); err != nil {
			t.Errorf("%s: %v", at, err)
		}
	}
}
