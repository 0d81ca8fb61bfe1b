package disk

import (
	"testing"

	"github.com/herdlab/herdlab/internal/sim"
)

// A file that can be found and is in no directory is a broken law.
func TestLaws(t *testing.T) {
	d := New(sim.New(), Config{Cull: cullExact, MaxEntries: 10, CullFrequency: 3, Entries: 5}, nil, func(string) int { return 1 }, nil)
	if err := d.Laws(true); err != nil {
		t.Fatal(err)
	}
	d.files.byName[fileName{1}] = &file{name: fileName{1}}
	if d.Laws(false) != nil || d.Laws(true) == nil {
		t.Error("a file in no directory is lawful")
	}
}
