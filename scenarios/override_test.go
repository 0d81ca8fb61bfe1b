package scenarios_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/published"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies"
)

const small = `
duration: 30s
fleet:
  boxes: 2
  origin: {latency: 50ms}
workload:
  - {class: page, rate: 20/s, keys: {count: 10}}
faults:
  - {at: 5s, kind: deploy}
strategies:
  naive: {ttl: 4h}
  mutex:
expect:
  - naive.computes == 50
`

func TestOverrides(t *testing.T) {
	s, err := scenarios.Read("dir/small.yaml", []byte(small), []string{
		"fleet.boxes=7", "fleet.cache.ring=modulo", "fleet.origin.latency={median: 10ms, p99: 1s}", "client.timeout=3s",
		"workload.page.rate=120/min", "workload.0.keys.count=5", "faults.0.at=1s", "strategies.naive.ttl=1h", "strategies.mutex.lock=9s",
		"strategies.swr={fresh: 5s}", "seed=18446744073709551615", "expect=[naive.p99 < 1s]", "fleet.boxes=8",
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{
		"name": s.Name, "boxes": s.Fleet.Boxes, "ring": s.Fleet.Cache.Ring, "median": s.Fleet.Origin.Latency.Median, "fixed": s.Fleet.Origin.Latency.Fixed,
		"timeout": s.Client.Timeout, "rate": s.Workload[0].Rate, "at": s.Faults[0], "seed": s.Seed, "expect": s.Expect[0].Text,
		"ttl": s.Strategies[0].Config.(*strategies.NaiveConfig).TTL, "lock": s.Strategies[1].Config.(*published.MutexConfig).Lock, "third": s.Strategies[2].Name,
		"window": s.Window,
	}
	want := map[string]any{
		"name": "small", "boxes": 8, "ring": "modulo", "median": 10 * time.Millisecond, "fixed": time.Duration(0),
		"timeout": 3 * time.Second, "rate": 2.0, "at": fault.Fault(fault.Deploy{Moment: fault.Moment{At: time.Second}, Boxes: 1}), "seed": uint64(18446744073709551615), "expect": "naive.p99 < 1s",
		"ttl": time.Hour, "lock": 9 * time.Second, "third": "swr", "window": 200 * time.Millisecond,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTracePath(t *testing.T) {
	text := strings.Replace(small, "rate: 20/s, keys: {count: 10}", "trace: {file: logs/a.gz}", 1)
	for override, want := range map[string]string{
		"seed=1": "dir/logs/a.gz", "workload.page.trace.file=b.gz": "b.gz", "workload.page.trace.file=/c.gz": "/c.gz",
	} {
		s, err := scenarios.Read("dir/small.yaml", []byte(text), []string{override})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Workload[0].Trace.File; got != want {
			t.Errorf("%s: the trace is %s, want %s", override, got, want)
		}
	}
}

func TestBadOverrides(t *testing.T) {
	for override, want := range map[string]string{
		"fleet.wrokers=50":             `--set fleet.wrokers=50: column 7: fleet has no field "wrokers"; did you mean "workers"?`,
		"flet.workers=50":              `--set flet.workers=50: column 1: a scenario has no field "flet"; did you mean "fleet"?`,
		"fleet.workers=many":           `--set fleet.workers=many: column 15: "workers": "many" is no whole number`,
		"fleet.workers=0":              `--set fleet.workers=0: column 15: "workers": 0 is too small: it must be at least 1`,
		"fleet.cache={nodes: 2, x: 1}": `--set fleet.cache={nodes: 2, x: 1}: column 24: cache has no field "x"; it has nodes, ring, rings, rtt, bandwidth, memory, max_item, eviction, expiry, sweep, timeout, fail_fast ...`,
		"fleet.workers":                `--set fleet.workers: column 1: write path=value, such as fleet.workers=50`,
		"fleet.workers=":               `--set fleet.workers=: column 15: no value after the equals sign`,
		"fleet..workers=5":             `--set fleet..workers=5: column 7: a name is missing between the dots`,
		"workload.pge.rate=1/s":        `--set workload.pge.rate=1/s: column 10: the list has no item "pge"; did you mean "page"?`,
		"budget.0=1":                   `--set budget.0=1: column 1: budget is not there, and so no item 0 of it: give the whole list, as in budget=[...]`,
		"workload.4.rate=1/s":          `--set workload.4.rate=1/s: column 10: the list has no item "4"; it has page`,
		"faults.1.at=1s":               `--set faults.1.at=1s: column 8: the list has no item "1"; its items are 0 to 0`,
		"workload.page.rate=100":       `--set workload.page.rate=100: column 20: "rate": "100" has no time to count over: write 100/s, 100/min or 100/h`,
		"strategies.niave.ttl=1h":      `--set strategies.niave.ttl=1h: column 12: unknown strategy "niave"; did you mean "naive"?`,
		"strategies.naive.tl=1h":       `--set strategies.naive.tl=1h: column 18: strategy "naive" has no field "tl"; did you mean "ttl"?`,
		"fleet.boxes.size=4":           `--set fleet.boxes.size=4: column 13: "boxes" is a mapping here: write a whole number`,
		"duration=[1":                  `--set duration=[1: column 10: not YAML: sequence end token ']' not found`,
		"expect=[naiv.p99 < 1s]":       `--set expect=[naiv.p99 < 1s]: column 9: unknown strategy or phase "naiv"; did you mean "naive"?`,
	} {
		_, err := scenarios.Read("small.yaml", []byte(small), []string{override})
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", override, err, want)
		}
	}
}

// TestErrorOrder holds that the file's errors come first, by position, and
// those of the overrides after them.
func TestErrorOrder(t *testing.T) {
	text := strings.Replace(strings.Replace(small, "boxes: 2", "boxs: 2", 1), "duration: 30s", "duration: 30", 1)
	_, err := scenarios.Read("small.yaml", []byte(text), []string{"fleet.x=1"})
	var found scenarios.Errors
	if !errors.As(err, &found) || len(found) != 3 {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{"small.yaml:2:11", "small.yaml:4:3", "--set fleet.x=1"} {
		if !strings.HasPrefix(found[i].Error(), want) {
			t.Errorf("error %d is %v, want %s", i, found[i], want)
		}
	}
	if want := found[0].Error() + "\n" + found[1].Error() + "\n" + found[2].Error(); err.Error() != want {
		t.Errorf("got %v", err)
	}
	if got := append(found, append(found, found[0])...).Error(); strings.Count(got, "\n") != 6 || !strings.HasSuffix(got, "\nand 1 more error") {
		t.Errorf("of seven, got %v", got)
	}
	if got := found[2].Excerpt(); got != "     fleet.x=1\n           ^\n" {
		t.Errorf("excerpt:\n%s", got)
	}
}

// An override for a label that is misspelt is told which one there is.
func TestLabelMisspelt(t *testing.T) {
	const told = `
duration: 30s
fleet: {origin: {latency: 50ms}}
workload: [{class: page, rate: 1/s, keys: {count: 1}}]
variants:
  before: {role: before, why: it was so, use: naive}
  after: {role: after, why: it helps, use: naive}
real: {with: {variants.befor.ttl: 5s}}
`
	_, err := scenarios.Read("told.yaml", []byte(told), nil)
	if want := `told.yaml:8:24: under real.with, unknown strategy "befor"; did you mean "before"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = scenarios.Read("told.yaml", []byte(strings.Replace(told, "befor.", "before.", 1)), []string{"variants.aftr.ttl=1s"})
	if err == nil || !strings.Contains(err.Error(), `unknown strategy "aftr"; did you mean "after"?`) {
		t.Errorf("got %v", err)
	}
}

// A file may begin with a byte order mark, as some editors have it.
func TestByteOrderMark(t *testing.T) {
	for _, text := range []string{"\ufeff" + small, "\ufeff# a comment" + small} {
		if _, err := scenarios.Read("small.yaml", []byte(text), nil); err != nil {
			t.Error(err)
		}
	}
}
