package scenarios

import (
	"slices"
	"testing"
)

// TestFaultFields holds that every kind of fault says which fields it has.
func TestFaultFields(t *testing.T) {
	for _, s := range settings(typeOf[Scenario]("faults")) {
		if s.name != "kind" {
			continue
		}
		if len(s.enum) != len(faultFields()) {
			t.Errorf("%d kinds of fault, fields of %d", len(s.enum), len(faultFields()))
		}
		for _, kind := range s.enum {
			if _, ok := faultFields()[kind]; !ok {
				t.Errorf("no fields for %s", kind)
			}
		}
	}
	known := names(settings(typeOf[Scenario]("faults")), nil)
	for kind, fields := range faultFields() {
		for _, f := range fields {
			if !slices.Contains(known, f) {
				t.Errorf("%s: no field %q", kind, f)
			}
		}
	}
}
