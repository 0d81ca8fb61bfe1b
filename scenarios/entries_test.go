package scenarios

import (
	"slices"
	"testing"

	"github.com/herdlab/herdlab/internal/tag"
)

// TestFaultFields holds that every kind of fault says which fields it has.
func TestFaultFields(t *testing.T) {
	for _, s := range tag.Fields(typeOf[Scenario]("faults")) {
		if s.Name != "kind" {
			continue
		}
		if len(s.Enum) != len(faultFields()) {
			t.Errorf("%d kinds of fault, fields of %d", len(s.Enum), len(faultFields()))
		}
		for _, kind := range s.Enum {
			if _, ok := faultFields()[kind]; !ok {
				t.Errorf("no fields for %s", kind)
			}
		}
	}
	known := tag.Names(tag.Fields(typeOf[Scenario]("faults")))
	for kind, fields := range faultFields() {
		for _, f := range fields {
			if !slices.Contains(known, f) {
				t.Errorf("%s: no field %q", kind, f)
			}
		}
	}
}
