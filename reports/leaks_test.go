package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Pages that were shown to others are told first, drawn, and among the details;
// where there were none, nothing is said of them.
func TestLeaksAreTold(t *testing.T) {
	f := incident()
	before := f.Runs[0]
	before.Leaks, before.Victims = 600, 7
	before.Series.Leaks = make([]int64, len(before.Series.Requests))
	before.Series.Leaks[1] = 600
	c := Charts(f)[0]
	if !strings.Contains(c.Title, "pages shown to others 600 to 0") {
		t.Errorf("the picture is called %s", c.Title)
	}
	if d := parse(t, c); !d.says(shownToOthers) {
		t.Error("the picture does not show them")
	}
	for _, leaks := range []bool{true, false} {
		var b bytes.Buffer
		if err := HTML(&b, f); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "users whose pages were shown to others"); got != leaks {
			t.Errorf("with leaks %v, the page tells whose: %v", leaks, got)
		}
		before.Leaks, before.Victims, before.Series = 0, 0, metrics.Series{Requests: before.Series.Requests}
	}
}
