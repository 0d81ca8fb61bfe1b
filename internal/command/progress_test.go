package command

import (
	"testing"
	"time"
)

// A pipe hears a line for every tenth and every ten seconds, with the time left, and of a
// long work one after the first second.
func TestBarInAPipe(t *testing.T) {
	type step struct {
		after time.Duration
		done  int // of 1,000
		want  string
	}
	for name, steps := range map[string][]step{
		"short": {{time.Millisecond, 99, ""}, {2 * time.Millisecond, 100, "shop: 10 %"}, {3 * time.Second, 450, "shop: 45 %, about 4s left"}, {4 * time.Second, 460, ""}, {9 * time.Second, 1000, "shop: 100 %"}},
		"long": {
			{time.Second, 1, "shop: about 17m0s, judged by its first 1s"}, {2 * time.Second, 2, ""},
			{10600 * time.Millisecond, 20, "shop: 2 %, about 8m39s left"}, {15 * time.Second, 30, ""}, {21 * time.Second, 500, "shop: 50 %, about 21s left"},
		},
		"long in preparation": {{10 * time.Second, 0, "shop: in preparation, 10s"}, {12 * time.Second, 0, ""}, {20 * time.Second, 1000, "shop: 100 %"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := &Bar{name: "shop"}
			for _, s := range steps {
				b.Show(s.done, 1000)
				if got := b.due(s.after); got != s.want {
					t.Errorf("after %v: %q, want %q", s.after, got, s.want)
				}
			}
		})
	}
}
