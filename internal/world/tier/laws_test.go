package tier

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/strategies"
)

// A node whose memory does not add up is found at the end, and one that does is not.
func TestLaws(t *testing.T) {
	for _, c := range []struct {
		name, want string
		wrong      func(*items)
	}{
		{"in order", "", func(*items) {}},
		{"a size", "cache node 0: 166 bytes are used, and the entries take 168", func(m *items) { m.used -= 2 }},
		{"an entry that is not found", "2 entries are in the order of use, 1 can be found, and 2 are there", func(m *items) { m.leave(1, tagOf(0, "a")) }},
		{"an entry that cannot go", "1 entries can be evicted, of 2", func(m *items) { m.all = m.all[:1] }},
		{"more than there is", "168 bytes are used of 100", func(m *items) { m.limit = 100 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := New(sim.New(), Config{Nodes: 1, Memory: 1000, Eviction: "random"}, nil, rand.New(rand.NewPCG(1, 1)))
			m := x.nodes[0].items
			for _, key := range []string{"a", "b"} {
				m.set(keyspace{length: 3}, key, strategies.Entry{Value: strategies.Value{Data: make([]byte, len(key)*16)}}, 0, 0)
			}
			if err := x.Laws(true); err != nil {
				t.Fatalf("before: %v", err)
			}
			c.wrong(m)
			if err := x.Laws(false); err != nil {
				t.Errorf("counted between two events: %v", err)
			}
			switch err := x.Laws(true); {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
