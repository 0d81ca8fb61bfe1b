package scenarios_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies"
)

// told is a scenario that tells a story, with every field that one can have.
const told = `
name: told
theme: burst
about: Two strategies play a part.
source: a test
story: |
  They ran one box. At ten
  they ran none.
topology: balancer -> 1 box
trigger: at 10s
look: the computes
unreproduced:
  - "33 MB: there is no disk"
duration: 30s
fleet: {origin: {latency: 50ms}}
workload: [{class: page, rate: 20/s, keys: {count: 10}}]
phases: {late: 20s..30s}
variants:
  before: {role: before, why: nobody knew, use: naive, ttl: 1s}
  swr: {role: wrong, why: it tempts}
  after: {role: after, why: it helps, use: mutex, with: {client.timeout: 2s}}
expect:
  - before.computes > 1
  - {that: late.before.requests > late.after.computed, because: "stated: many", world: modelled}
  - {that: "after.failures == 0", world: real}
real:
  with: {duration: 5s, phases: {late: 4s..5s}, variants.before.ttl: 500ms}
  cache: memcached
`

func TestVariants(t *testing.T) {
	s, err := scenarios.Read("told.yaml", []byte(told), []string{"variants.swr.fresh=9s"})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Variants) != 0 {
		t.Errorf("%d variants are left beside the strategies", len(s.Variants))
	}
	var got []string
	for _, e := range s.Strategies {
		got = append(got, strings.Join([]string{e.Name, e.Kind, e.Role, e.Why}, " / "))
	}
	want := []string{"before / naive / before / nobody knew", "swr / swr / wrong / it tempts", "after / mutex / after / it helps"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if view, err := s.For(s.Strategies[2]); err != nil || view.Client.Timeout != 2e9 {
		t.Errorf("with is lost: %v, %v", view.Client.Timeout, err)
	}
	for i, want := range []scenarios.Reasons{{World: "both"}, {Because: "stated: many", World: "modelled"}, {World: "real"}} {
		if x := s.Expect[i]; x.Reasons != want || x.Line == 0 {
			t.Errorf("%s: %+v on line %d, want %+v", x.Text, x.Reasons, x.Line, want)
		}
	}
}

// TestOpenReal holds that the file's own overrides come before the user's, and
// that expectations of the modelled world are left out.
func TestOpenReal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "told.yaml")
	if err := os.WriteFile(path, []byte(told), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.OpenReal(path, []string{"duration=7s", "real.with.warm=3"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Duration != 7e9 || s.Warm != 3 || s.Phases[0].From != 4e9 || s.Real.Cache != "memcached" {
		t.Errorf("%v, warm %d, phase from %v, on %s", s.Duration, s.Warm, s.Phases[0].From, s.Real.Cache)
	}
	if ttl := s.Strategies[0].Config.(*strategies.NaiveConfig).TTL; ttl != 5e8 {
		t.Errorf("ttl %v, want that of real.with", ttl)
	}
	if len(s.Expect) != 2 || s.Expect[1].World != "real" {
		t.Errorf("%d expectations, want the two that hold for real", len(s.Expect))
	}
	modelled, err := scenarios.Open(path, nil)
	if err != nil || modelled.Duration != 30e9 || len(modelled.Expect) != 3 {
		t.Errorf("in the model: %v, %d expectations, %v", modelled.Duration, len(modelled.Expect), err)
	}

	_, err = scenarios.OpenReal(path, []string{"real={not: a year is too long}"})
	var not *scenarios.NotReal
	if !errors.As(err, &not) || err.Error() != "told cannot be run for real: a year is too long" {
		t.Errorf("got %v", err)
	}
}

// TestExplainStory holds that a story and what is expected come before every setting.
func TestExplainStory(t *testing.T) {
	s, err := scenarios.Read("told.yaml", []byte(told), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := scenarios.Explain(&b, s, false); err != nil {
		t.Fatal(err)
	}
	told, _, _ := strings.Cut(b.String(), "\nRequests arrive for ")
	golden(t, "testdata/explain-story.txt", told)
	if !strings.Contains(told, "because: stated: many") || !strings.Contains(told, "in the real world only") {
		t.Errorf("the expectations lack their reasons:\n%s", told)
	}
}

// TestThemes holds that the catalogue knows every theme that a file may have.
func TestThemes(t *testing.T) {
	for _, theme := range scenarios.Themes() {
		text := strings.Replace(told, "theme: burst", "theme: "+theme.Name, 1)
		if _, err := scenarios.Read("x.yaml", []byte(text), nil); err != nil {
			t.Error(err)
		}
	}
	_, err := scenarios.Read("x.yaml", []byte(strings.Replace(told, "theme: burst", "theme: none", 1)), nil)
	last := scenarios.Themes()[len(scenarios.Themes())-1].Name
	if err == nil || !strings.Contains(err.Error(), last) {
		t.Errorf("a file may have more themes than the catalogue knows: %v", err)
	}
}

// TestIncidents holds what a shipped scenario of an incident has to tell.
func TestIncidents(t *testing.T) {
	n := 0
	for _, s := range catalogue() {
		if !s.IsIncident() {
			continue
		}
		n++
		for what, text := range map[string]string{
			"about": s.About, "source": s.Source, "story": s.Story, "topology": s.Topology, "trigger": s.Trigger, "look": s.Look,
		} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", s.File, what)
			}
		}
		if s.Theme == "workloads" {
			t.Errorf("%s has no theme", s.File)
		}
		if !slices.ContainsFunc(s.Strategies, func(e scenarios.Entry) bool { return e.Role == "before" }) {
			t.Errorf("%s has strategies: write variants", s.File)
		}
		if len(s.Expect) == 0 {
			t.Errorf("%s expects nothing", s.File)
		}
		if s.Real == nil {
			t.Errorf("%s does not say how it runs for real, or why it cannot", s.File)
		}
		if s.Quick {
			t.Errorf("%s is in the quick set, which is of workloads", s.File)
		}
	}
	if n == 0 {
		t.Fatal("no incident is shipped")
	}
}
