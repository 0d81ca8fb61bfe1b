package scenarios_test

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

const pages = `
duration: 30s
fleet:
  origin: {latency: 50ms}
  front: {key: {prefix: ":1:"}, fallback: {lock: true}}
workload:
  - {class: page, rate: 20/s, keys: {count: 10}, signed_in: {share: 30%, users: 100}}
faults:
  - {at: 5s, for: 5s, kind: cache-sessions}
strategies:
  naive: {ttl: 4h}
  other: {use: naive, with: {fleet.front.app_key.prefix: ":1:"}}
`

// A front is explained setting by setting, as everything else is, where there is
// one; and a variant can have another.
func TestFront(t *testing.T) {
	s, err := scenarios.Read("pages.yaml", []byte(pages), []string{"fleet.front.connections=100"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.For(s.Strategies[1])
	if err != nil {
		t.Fatal(err)
	}
	if a, b := s.Fleet.Front, other.Fleet.Front; a.Connections != 100 || b.Connections != 100 || a.Key.Prefix != ":1:" || a.AppKey.Prefix != "" || b.AppKey.Prefix != ":1:" {
		t.Errorf("the front is %+v, and %+v for the other strategy", a, b)
	}
	var b strings.Builder
	if err := scenarios.Explain(&b, s, true); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"front.connections 100 ", "front.timeout 1m ", "front.key.prefix :1: ", "front.fallback.lock true ",
		"signed_in: {share: 30%, users: 100}", "at 5s, for 5s: front and application cache the pages of those who are signed in, too (cache-sessions)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the explanation has no %q:\n%s", want, b.String())
		}
	}
	if plain, err := scenarios.Named("smoke", nil); err != nil || plain.Fleet.Front != nil {
		t.Errorf("a scenario without a front has one: %v", err)
	}
}
