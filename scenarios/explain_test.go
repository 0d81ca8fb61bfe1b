package scenarios_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/herdlab/herdlab/scenarios"
)

func explain(t *testing.T, text string, all bool) string {
	t.Helper()
	s, err := scenarios.Read("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := scenarios.Explain(&b, s, all); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestExplainWhatIsSet holds that only what the scenario sets is listed, unless all
// is asked for.
func TestExplainWhatIsSet(t *testing.T) {
	const text = "warm: 1\nduration: 10s\nfleet: {workers: 50, origin: {latency: 1s}}\nworkload: [{class: page, rate: 4/min, keys: {count: 1}}]\nstrategies: {naive: {on_write: delete}, swr: }\n"
	short := explain(t, text, false)
	for _, want := range []string{
		"  workers         50  ", "  origin.latency  1s  ", "\n    on_write: delete\n", "rate: 4/min", "the most popular key is asked for once", "show --all x.yaml",
	} {
		if !strings.Contains(short, want) {
			t.Errorf("the explanation has no %q:\n%s", want, short)
		}
	}
	for _, no := range []string{"cache.rtt", "jitter", "Client", "budget"} {
		if strings.Contains(short, no) {
			t.Errorf("the explanation has %q:\n%s", no, short)
		}
	}
	if all := explain(t, text, true); !strings.Contains(all, "cache.rtt") || !strings.Contains(all, "jitter") || strings.Contains(all, "show --all") {
		t.Errorf("the full explanation lacks settings:\n%s", all)
	}
}

// TestExplainFits holds that nothing but overrides, which are there to be copied, is
// wider than the screen.
func TestExplainFits(t *testing.T) {
	for _, s := range catalogue() {
		var b strings.Builder
		if err := scenarios.Explain(&b, s, false); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			override := strings.HasPrefix(line, "  with ") || strings.Contains(line, "for this strategy only: ")
			if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 110 && !override {
				t.Errorf("%s: a line of %d columns: %s", s.Name, width, line)
			}
		}
	}
}
