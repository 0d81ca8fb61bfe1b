package origin

import "testing"

// Loads under way are never fewer than none, and none at the end.
func TestLaws(t *testing.T) {
	for inFlight, want := range map[int][2]bool{-1: {false, false}, 0: {true, true}, 1: {true, false}} {
		o := &Origin{inFlight: inFlight}
		if got := [2]bool{o.Laws(false) == nil, o.Laws(true) == nil}; got != want {
			t.Errorf("%d under way: lawful %v, want %v", inFlight, got, want)
		}
	}
}
