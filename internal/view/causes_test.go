package view

import (
	"fmt"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// What happens at one time is one mark, and what happens later another.
func TestTogether(t *testing.T) {
	marks := []metrics.Mark{
		{AtMS: 30, Label: "node 2 off the rings"},
		{AtMS: 60, Label: "node 2 back on the rings"}, {AtMS: 60, Label: "node 2 off the rings"},
		{AtMS: 90, Label: "node 2 back on the rings"},
		{AtMS: 100, Label: "box 0 out of the balancer"}, {AtMS: 101, Label: "box 3 out of the balancer"}, {AtMS: 101, Label: "copies in the boxes end (ttl 30s)"},
		{AtMS: 102, Label: "node 3 off the rings"},
		{AtMS: 200, Label: "box 0 back in the balancer"}, {AtMS: 200, Label: "box 1 back in the balancer"}, {AtMS: 200, Label: "box 2 back in the balancer"},
		{AtMS: 204, Label: "box 3 back in the balancer"}, {AtMS: 220, Label: "box 0 out of the balancer"},
	}
	var got []string
	for _, m := range together(marks, 5) {
		got = append(got, fmt.Sprintf("%v %s", m.AtMS, m.Label))
	}
	want := []string{
		"30 node 2 off the rings", "60 node 2 back on the rings, in vain", "90 node 2 back on the rings", "100 boxes 0 and 3 out of the balancer",
		"101 copies in the boxes end (ttl 30s)", "102 node 3 off the rings", "200 4 boxes back in the balancer", "220 box 0 out of the balancer",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the marks are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
