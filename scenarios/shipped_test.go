package scenarios_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/scenarios"
)

// catalogue is all that is shipped, loaded once: tests read it and change nothing.
var catalogue = sync.OnceValue(scenarios.Catalogue)

// TestCatalogue loads every shipped scenario, and each entry's view of it.
func TestCatalogue(t *testing.T) {
	list := catalogue()
	if len(list) < 4 {
		t.Fatalf("%d shipped scenarios", len(list))
	}
	for _, s := range list {
		if s.Name != s.Given() {
			t.Errorf("%s is named %q: the catalogue finds it by its file", s.File, s.Name)
		}
		if s.About == "" || !s.Shipped {
			t.Errorf("%s: about is %q, shipped is %v", s.File, s.About, s.Shipped)
		}
		if s.Quick && (s.Source == "" || len(s.Expect) == 0) {
			t.Errorf("%s is in the quick set: source and expect must be written", s.File)
		}
		if s.Quick && s.IsIncident() {
			t.Errorf("%s is an incident: the quick set is not looked for among them", s.File)
		}
		bystanders := 0
		for _, class := range s.Workload {
			if class.Bystander() {
				bystanders++
			}
		}
		// identify is for programs of somebody else's, who may have no page for bystanders.
		if bystanders == 0 && !s.IsIncident() && s.Name != "identify" {
			t.Errorf("%s has no bystander", s.File)
		}
		for _, e := range s.Strategies {
			if _, err := s.For(e); err != nil {
				t.Errorf("%s: %v", s.File, err)
			}
		}
	}
}

func TestNamedUnknown(t *testing.T) {
	_, err := scenarios.Named("brust", nil)
	if err == nil || err.Error() != `there is no scenario "brust"; did you mean "burst"?` {
		t.Errorf("got %v", err)
	}
	_, err = scenarios.Named("something else", nil)
	if err == nil || !strings.HasSuffix(err.Error(), `"something else" in the catalogue: see go run ./cmd/simulate list, or give the path of a file`) {
		t.Errorf("got %v, want where the names are", err)
	}
}

func TestOpen(t *testing.T) {
	if s, err := scenarios.Open("burst", nil); err != nil || s.Name != "burst" {
		t.Errorf("by name: %v", err)
	}
	if s, err := scenarios.Open("burst.yaml", nil); err != nil || s.File != "burst.yaml" {
		t.Errorf("by file: %v", err)
	}
	if _, err := scenarios.Open("testdata", nil); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory: %v", err)
	}
	if _, err := scenarios.Open("no/such.yaml", nil); err == nil || err.Error() != "there is no file no/such.yaml" {
		t.Errorf("a missing file: %v", err)
	}
}

// TestGiven holds that a scenario is called as its user called it.
func TestGiven(t *testing.T) {
	for given, name := range map[string]string{"burst": "renamed", "./burst.yaml": "burst", "../scenarios/smoke.yaml": "other"} {
		s, err := scenarios.Open(given, []string{"name=" + name})
		if err != nil {
			t.Fatal(err)
		}
		if s.Given() != given {
			t.Errorf("%s is given as %s", given, s.Given())
		}
	}
}

// TestFor holds that an entry's overrides reach its own view and no other.
func TestFor(t *testing.T) {
	s, err := scenarios.Named("node-loss", []string{"fleet.boxes=3"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Strategies {
		view, err := s.For(e)
		if err != nil {
			t.Fatal(err)
		}
		want := "ketama"
		if strings.HasSuffix(e.Name, "-modulo") {
			want = "modulo"
		}
		if got := view.Fleet.Cache.Ring; got != want {
			t.Errorf("%s sees the ring %s, want %s", e.Name, got, want)
		}
		if view.Fleet.Boxes != 3 {
			t.Errorf("%s sees %d boxes: the override of the command line is lost", e.Name, view.Fleet.Boxes)
		}
	}
	if _, err := s.For(scenarios.Entry{Name: "x", With: make([]settings.Override, 1)}); err == nil {
		t.Error("an entry of one's own making with overrides must be an error")
	}
}

func TestErrorsUnwrap(t *testing.T) {
	_, err := scenarios.Read("x.yaml", []byte("a: b\n"), nil)
	var first *scenarios.Error
	if !errors.As(err, &first) || first.Line != 1 || first.Col != 1 {
		t.Errorf("got %v, %+v", err, first)
	}
}
