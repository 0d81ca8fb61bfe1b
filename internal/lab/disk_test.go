package lab_test

import (
	"math"
	"slices"
	"strings"
	"testing"
)

const onDisks = `
name: on-disks
duration: 100s
window: 10s
fleet:
  boxes: 2
  workers: 20
  cores: 1
  cpu: 2ms
  disk: {cull: published, max_entries: 300, per_object: 10us, per_delete: 0s, read: 2ms, write: 3ms}
  origin: {latency: 150ms}
workload:
  - {class: set, rate: 20/s, arrivals: constant, keys: {count: 1000000}, size: 1KB}
strategies:
  before: {use: naive, ttl: 1h}
  after: {use: naive, ttl: 1h, with: {fleet.disk.max_entries: 5000000}}
expect:
  - before.entries_peak == 300 && before.culls / 2 >= 6 && before.culls / 2 <= 8
  - before.culled / before.culls > 90 && before.culled / before.culls < 110
  - after.culls == 0 && after.entries > 990 && after.disk_bytes > 1000 * 1000
  - before.set_cpu > 2ms && before.set_cpu < 3ms && before.ejections == 0
  - after.cpu > 6% && after.cpu < 8%
`

// The figures of the disks and cores reach expectations, results and series.
func TestDiskFigures(t *testing.T) {
	f := execute(t, load(t, onDisks))
	for _, x := range f.Expectations {
		if !x.Holds {
			t.Errorf("%s: %s", x.Text, x.Reason)
		}
	}
	for _, run := range f.Runs {
		if len(run.Series.Boxes) != 2 {
			t.Fatalf("%s: series of %d boxes", run.Strategy, len(run.Series.Boxes))
		}
		for _, b := range run.Series.Boxes {
			sum := 0.0
			for _, share := range b.CPU {
				sum += share / float64(len(b.CPU))
			}
			if len(b.Entries) != 10 || len(b.In) != 10 || !b.In[3] || b.Entries[9] < 200 || math.Abs(sum-*run.CPU) > 0.005 {
				t.Errorf("%s: %+v, and %.4f over the run", run.Strategy, b, *run.CPU)
			}
		}
	}
	if run := f.Runs[0]; run.Cache.Sets != run.Computes || run.Disk.Entries > 300 || run.Disk.Bytes > 300*1100 {
		t.Errorf("%+v, %+v, %d computes", run.Cache, run.Disk, run.Computes)
	}
}

// A fleet without disks and limits has none of these figures.
func TestNoDiskFigures(t *testing.T) {
	sc := load(t, lively, "fleet.cores=0", "expect=[naive.cpu > 0, naive.entries == 0]", "strategies={naive: {ttl: 300ms}}")
	f := execute(t, sc)
	for _, x := range f.Expectations {
		if x.Holds || !strings.Contains(x.Reason, "no value") {
			t.Errorf("%s: %s", x.Text, x.Reason)
		}
	}
	if run := f.Runs[0]; run.Disk != nil || run.CPU != nil || run.Series.Boxes != nil {
		t.Errorf("%+v", run.Disk)
	}
}

// A timer's cull is marked every time it comes.
func TestCullMarks(t *testing.T) {
	f := execute(t, load(t, onDisks, "faults=[{at: 10s, kind: cull, every: 40s}]", "expect=[before.culls > 0]"))
	var at []float64
	for _, mark := range f.Faults {
		at = append(at, mark.AtMS)
	}
	if !slices.Equal(at, []float64{10_000, 50_000, 90_000}) {
		t.Errorf("marked at %v", at)
	}
}
