package sim

import (
	"context"
	"testing"
)

// A context that is cancelled leaves nothing with the one that it was made from, which
// may have one made for every request of a run.
func TestCancelledLeavesItsParent(t *testing.T) {
	s := New()
	parent, cancel := s.WithCancel(context.Background())
	defer cancel()
	for range 100 {
		_, end := s.WithCancel(parent)
		end()
	}
	if n := len(cancellerOf(parent).below); n != 0 {
		t.Errorf("%d contexts are kept", n)
	}
}
