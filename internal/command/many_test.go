package command

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/scenarios"
)

// made is a scenario of a theme, and the file of a run of it in which nothing
// happened.
func made(t *testing.T, name, theme string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Read(name+".yaml", []byte("theme: "+theme+`
duration: 1s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 1/s, keys: {count: 1}}]
strategies: {naive: {}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func result(sc *scenarios.Scenario) *metrics.File {
	part := func(name, role string, computes int64) *metrics.Run {
		return &metrics.Run{Strategy: name, Part: metrics.Part{Role: role}, Loads: metrics.Loads{Computes: computes}}
	}
	return &metrics.File{
		Schema: 1, Scenario: sc.Name, DurationMS: 1000, WindowMS: 100,
		Runs:         []*metrics.Run{part("before", metrics.Before, 50), part("fixed", metrics.After, 1)},
		Expectations: []metrics.Expectation{{Text: "before.computes == 50", Line: 7, Holds: sc.Name != "second", Reason: "before.computes = 50"}},
	}
}

// The longest scenario is begun first, wherever it stands in the list: the others, which
// wait for it here, would otherwise never end.
func TestManyBeginWithTheLongest(t *testing.T) {
	long := made(t, "long", "rings")
	long.Workload[0].Rate = 1000
	begun := make(chan struct{})
	m := Many{Title: "All", Parallel: 2, Delivery: Delivery{Out: t.TempDir(), Format: "table"}, Execute: func(sc *scenarios.Scenario) (*view.View, error) {
		if sc == long {
			close(begun)
		}
		select {
		case <-begun:
		case <-time.After(10 * time.Second):
			t.Errorf("%s is under way, and the longest has not begun", sc.Name)
		}
		return view.New(result(sc), figures.All()), nil
	}}
	scs := []*scenarios.Scenario{made(t, "first", "rings"), made(t, "next", "rings"), long}
	var out, errs bytes.Buffer
	if _, err := m.Run(&Console{Ctx: context.Background(), Out: &out, Err: &errs}, scs); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Index(text, "first ") > strings.Index(text, "long ") {
		t.Errorf("the lines are not in the order of the list:\n%s", text)
	}
}

// Scenarios that end in another order than they began are told in the order of
// the list.
func TestMany(t *testing.T) {
	dir := t.TempDir()
	scs := []*scenarios.Scenario{made(t, "first", "rings"), made(t, "second", "burst"), made(t, "third", "rings")}
	released := make(chan struct{})
	m := Many{Title: "All", Parallel: 2, Delivery: Delivery{Out: dir, Format: "table"}, Execute: func(sc *scenarios.Scenario) (*view.View, error) {
		switch sc.Name {
		case "first":
			<-released
		case "third": // so it was begun before the first had ended
			close(released)
		}
		return view.New(result(sc), figures.All()), nil
	}}
	var out, errs bytes.Buffer
	broken, err := m.Run(&Console{Ctx: context.Background(), Out: &out, Err: &errs}, scs)
	if err != nil || broken != 1 {
		t.Fatalf("%d broken, %v", broken, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{"first   the expectation holds ", "second  the expectation failed", "third   the expectation holds ", "all reports: "} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d of\n%s\nwant %q", i+1, out.String(), want)
		}
	}
	if want := "fixed: computes 50 to 1  " + filepath.Join(dir, "first", "index.html"); !strings.HasSuffix(lines[0], want) {
		t.Errorf("the line is %q, want it to end in %q", lines[0], want)
	}
	if want := "second.yaml:7: expected before.computes == 50, but before.computes = 50\n"; errs.String() != want {
		t.Errorf("said %q, want %q", errs.String(), want)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, want := range []string{`src="first/plots/before-after.svg"`, `href="third/index.html"`, "1 of 3 expectations failed"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Index(text, `id="third"`) > strings.Index(text, `id="second"`) {
		t.Error("the page is not in the order of the themes")
	}
}

// What cannot be run ends the list; the page leads to what was finished before.
func TestManyEnds(t *testing.T) {
	gone := errors.New("the trace is gone")
	for name, c := range map[string]struct {
		view *view.View
		err  error
		want string
	}{
		"error":       {nil, gone, "the trace is gone"},
		"interrupted": {view.New(&metrics.File{Interrupted: true}, figures.All()), nil, "interrupted: 1 of 3 scenarios are finished and written"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			scs := []*scenarios.Scenario{made(t, "first", "rings"), made(t, "second", "burst"), made(t, "third", "rings")}
			m := Many{Parallel: 1, Delivery: Delivery{Out: dir, Format: "table"}, Execute: func(sc *scenarios.Scenario) (*view.View, error) {
				switch sc.Name {
				case "second":
					return c.view, c.err
				case "third":
					t.Error("the third was begun")
				}
				return view.New(result(sc), figures.All()), nil
			}}
			var out bytes.Buffer
			_, err := m.Run(&Console{Ctx: context.Background(), Out: &out, Err: &out}, scs)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
				t.Error(err)
			}
		})
	}
}

// What has ended behind a scenario that was interrupted is told, counted and on the page,
// in the order of the list.
func TestManyInterrupted(t *testing.T) {
	dir := t.TempDir()
	scs := []*scenarios.Scenario{made(t, "first", "rings"), made(t, "second", "burst"), made(t, "third", "rings"), made(t, "fourth", "burst")}
	pressed := make(chan struct{})
	m := Many{Parallel: 2, Delivery: Delivery{Out: dir, Format: "table"}, Execute: func(sc *scenarios.Scenario) (*view.View, error) {
		switch sc.Name {
		case "first": // the slow one, in which Ctrl-C finds it
			<-pressed
			return view.New(&metrics.File{Interrupted: true}, figures.All()), nil
		case "fourth": // so the second and the third have ended
			close(pressed)
			return view.New(&metrics.File{Interrupted: true}, figures.All()), nil
		}
		return view.New(result(sc), figures.All()), nil
	}}
	var out, errs bytes.Buffer
	broken, err := m.Run(&Console{Ctx: context.Background(), Out: &out, Err: &errs}, scs)
	var exit *Exit
	if want := "interrupted: 2 of 4 scenarios are finished and written"; !errors.As(err, &exit) || exit.Code != ExitInterrupted || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if broken != 1 {
		t.Errorf("%d expectations do not hold, want the one of the second scenario", broken)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "second ") || !strings.HasPrefix(lines[1], "third ") || !strings.HasPrefix(lines[2], "all reports: ") {
		t.Errorf("printed\n%s", &out)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"first": false, "second": true, "third": true, "fourth": false} {
		if got := strings.Contains(string(page), `href="`+name+`/index.html"`); got != want {
			t.Errorf("%s is on the page: %v, want %v", name, got, want)
		}
	}
}

// TestIncidents holds that what --all-incidents runs tells a story.
func TestIncidents(t *testing.T) {
	names := scenarios.Incidents()
	if len(names) == 0 {
		t.Fatal("no incident is in the catalogue")
	}
	sc, err := scenarios.Named(names[0], nil)
	if err != nil || sc.Story == "" {
		t.Errorf("%s has no story, or %v", names[0], err)
	}
}
