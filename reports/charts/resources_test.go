package charts

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
)

// There is a tile for every kind that somebody used, and the title says what was full
// first, with whom.
func TestResources(t *testing.T) {
	c := chartOf(t, metricstest.Tiny(), "resources")
	if want := "Full first: workers with naive; nothing with swr"; c.Title != want {
		t.Errorf("the title is %q, want %q", c.Title, want)
	}
	svg, err := c.Element()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range metrics.ResourceKinds() {
		used := kind == metrics.Workers || kind == metrics.AcceptQueue || kind == metrics.Waiters || kind == metrics.Network
		if drawn := strings.Contains(svg, ">"+kind+"<"); drawn != used {
			t.Errorf("%s are drawn: %v, want %v", kind, drawn, used)
		}
	}
	calm := metricstest.Tiny()
	for _, r := range calm.Runs {
		for i := range r.Resources {
			r.Resources[i].FirstFullMS = nil
		}
	}
	if got := chartOf(t, calm, "resources").Title; !strings.HasPrefix(got, "Nothing is full") {
		t.Errorf("where nothing was full, the title is %q", got)
	}
}
