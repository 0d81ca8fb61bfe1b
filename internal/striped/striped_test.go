package striped

import (
	"sync"
	"testing"
)

// No raise is lost, whoever makes it.
func TestCount(t *testing.T) {
	var c Count
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 1000 {
				c.Add()
			}
		})
	}
	all.Wait()
	if got := c.Sum(); got != 20_000 {
		t.Error(got)
	}
}
