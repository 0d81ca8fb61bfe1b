package live_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/disk"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

const onDisks = `
name: on-disks
duration: 4s
window: 1s
fleet:
  boxes: 2
  workers: 20
  cores: 1
  disk: {max_entries: 60, per_object: 20us, per_delete: 500us, read: 100us, write: 2ms}
  balancer: {check: 500ms, eject_for: 500ms}
  origin: {latency: 5ms}
workload:
  - {class: dataset, rate: 60/s, arrivals: constant, keys: {count: 400, zipf: 0.5}, writes: 20%, size: 2KB}
faults:
  - {at: 2250ms, for: 1s, kind: box-loss, box: 1}
strategies:
  published: {use: naive, ttl: 1h}
  through: {use: naive, ttl: 1h, on_write: store}
  amortised: {use: naive, ttl: 1h, with: {fleet.disk.cull: amortised, fleet.disk.entries: 40}}
  exact: {use: naive, ttl: 1h, with: {fleet.disk.cull: exact}}
  timer: {use: naive, ttl: 1s, with: {fleet.disk.cull: manual, fleet.disk.max_entries: -1, fleet.disk.entries: 40, faults: [{at: 1500ms, kind: cull, every: 1s}]}}
`

// Real disks in real directories and the modelled ones: the same entries come and
// go, and nothing is left behind.
func TestDisks(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Cleanup(func() { // after the parallel subtests
		left, err := filepath.Glob(filepath.Join(os.TempDir(), "herdlab-disks*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	sc := scenario(t, onDisks)
	for _, e := range sc.Strategies {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			want, _ := run(t, sc, e.Name, nil)
			got, _ := run(t, sc, e.Name, startTier(t, t.Context(), "embedded", sc.Fleet))
			late := got.Generator.Late // each may be on the other side of what befalls a box
			near := func(what string, got, want, most int64) {
				t.Helper()
				most += late
				if d := got - want; d < -most || d > most {
					t.Errorf("%s: %d, and %d in the model, with %d requests sent late", what, got, want, late)
				}
			}
			near("culls", got.Disk.Culls, want.Disk.Culls, 1+want.Disk.Culls/2)
			near("entries removed by them", got.Disk.Culled, want.Disk.Culled, 30)
			near("most entries", got.Disk.EntriesPeak, want.Disk.EntriesPeak, 4)
			near("entries at the end", got.Disk.Entries, want.Disk.Entries, 25)
			near("reads", got.Cache.Gets, want.Cache.Gets, 5)
			near("writes", got.Cache.Sets, want.Cache.Sets, 10)
			near("loads", got.Computes, want.Computes, 10)
			near("refused requests", got.Failures, want.Failures, 12)
			near("boxes taken out", got.Ejections, want.Ejections, 1)
			if got.Crashes != want.Crashes || got.CPU == nil || len(got.Series.Boxes) != 2 {
				t.Errorf("%d boxes lost, CPU %v, series of %d boxes", got.Crashes, got.CPU, len(got.Series.Boxes))
			}
			if e.Name == "published" && (*got.CPU <= 0 || got.Disk.SetCPUMS == nil || *got.Disk.SetCPUMS <= 0) {
				t.Error("culling cost nothing")
			}
			if least := got.Disk.Entries * 2000; got.Disk.Bytes < least || got.Disk.Bytes > least+got.Disk.Entries*200 {
				t.Errorf("%d bytes in %d entries of 2 KB", got.Disk.Bytes, got.Disk.Entries)
			}
		})
	}
}

// What the disks took is told once for every run.
func TestDiskTimes(t *testing.T) {
	sc := scenario(t, onDisks, "duration=1s", "faults=[]", "strategies={published: {use: naive, ttl: 1h}}")
	on := startTier(t, t.Context(), "embedded", sc.Fleet)
	var heard []disk.Times
	setup := lab.Setup{Clock: clock.NewWall(), Wall: true, World: func(cfg world.Config, p world.Environment) (lab.World, error) {
		hear := func(d disk.Times) { heard = append(heard, d) }
		return live.New(t.Context(), live.Config{Tier: on, LateAfter: time.Second, Dir: t.TempDir(), Disk: hear}, cfg, p)
	}}
	result, err := lab.Run(sc, sc.Strategies[0], 1, setup)
	if err != nil || result.Disk == nil || len(heard) != 1 {
		t.Fatalf("%v, heard %v", err, heard)
	}
	if d := heard[0]; d.PerObject <= 0 || d.Write <= 0 || d.Read <= 0 || d.PerOpen != 0 {
		t.Errorf("heard %+v of walking, writing and reading", d)
	}
}

// silent is an origin that does not tell what was written.
type silent struct{}

func (silent) Load(context.Context, string) (strategies.Value, error) { return strategies.Value{}, nil }
func (silent) Write(context.Context, string) (uint64, error)          { return 0, nil }

// A strategy that wants the values written has to know them.
func TestWriteThroughNeedsValues(t *testing.T) {
	sc := scenario(t, onDisks)
	on := startTier(t, t.Context(), "embedded", sc.Fleet)
	setup := lab.Setup{Clock: clock.NewWall(), Wall: true, World: func(cfg world.Config, p world.Environment) (lab.World, error) {
		return live.New(t.Context(), live.Config{Tier: on, Origin: silent{}}, cfg, p)
	}}
	_, err := lab.Run(sc, sc.Strategies[1], 1, setup)
	if err == nil || !strings.Contains(err.Error(), "--origin modelled") {
		t.Errorf("%v", err)
	}
}
