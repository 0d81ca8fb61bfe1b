package scenarios

import (
	"reflect"
	"testing"

	"github.com/herdlab/herdlab/internal/catalog"
)

// typeOf is the element type of a list field of T.
func typeOf[T any](field string) reflect.Type {
	for _, s := range settings(reflect.TypeFor[T]()) {
		if s.name == field {
			return s.base().Elem()
		}
	}
	panic("no field " + field)
}

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
		for _, s := range settings(typ) {
			at := path + "." + s.name
			if s.doc == "" {
				t.Errorf("%s has no doc", at)
			}
			if s.hasDef {
				v, err := s.parse(&node{kind: scalarNode, text: s.def, typed: true})
				if err != nil {
					t.Errorf("%s: default: %v", at, err)
				} else if err := s.inRange(v, s.def); err != nil {
					t.Errorf("%s: default: %v", at, err)
				}
			}
			for _, bound := range []string{s.min, s.max} {
				if bound != "" {
					s.bound(bound)
				}
			}
			inner := s.base()
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
	walk("variant", reflect.TypeFor[Part]())
	walk("expect", reflect.TypeFor[reasoned]())
	if len(seen) < 15 {
		t.Errorf("%d types only", len(seen))
	}
}
