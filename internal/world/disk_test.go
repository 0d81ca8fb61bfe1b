package world_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/disk"
)

// A write into 12,000 entries walks for 156 ms, during which its box has a core
// less for others: 6.4 writes a second and core.
func TestDiskCosts(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Client: world.ClientConfig{Timeout: time.Minute}}
	cfg.Fleet.Cores, cfg.Fleet.Workers, cfg.Fleet.CPU = 1, 100, time.Millisecond
	cfg.Fleet.Origin.Latency.Fixed = 0
	cfg.Fleet.Disk = &disk.Config{
		Cull: "published", MaxEntries: 5_000_000, CullFrequency: 3, Entries: 12_000,
		PerObject: 13 * time.Microsecond, Read: 2 * time.Millisecond, Write: 3 * time.Millisecond,
	}
	b := setUp(t, cfg, cached(time.Hour))
	b.run(t, 10*time.Second, func() {
		for i := range 10 {
			b.at(0, fmt.Sprint("new", i))
		}
		b.at(5*time.Second, "new0")
	})
	const walk = 156 * time.Millisecond
	for i, r := range b.records {
		// Ten requests cost 1 ms each, and then ten walks follow each other.
		want := 10*time.Millisecond + time.Duration(i+1)*walk + 3*time.Millisecond
		if i == 10 {
			want = 5*time.Second + 3*time.Millisecond
		}
		if d := r.Done - want; d < -time.Millisecond || d > 10*time.Millisecond {
			t.Errorf("request %d ended at %v, want %v", i, r.Done, want)
		}
	}
	got := b.report()
	if cpu := *got.Disk.SetCPUMS; cpu < 156 || cpu > 156.1 {
		t.Errorf("a write took %v ms of CPU, want %v", cpu, walk)
	}
	if got.Disk.Entries != 12_010 || got.Disk.EntriesPeak != 12_010 || got.Cache.Sets != 10 || got.Cache.Gets != 11 {
		t.Errorf("%+v, %+v", got.Disk, got.Cache)
	}
	// Entries whose value nobody has seen count with the usual length.
	if want := int64(12_000*(48+len("filled 0")+100) + 10*(48+len(":1:new0")+100)); got.Disk.Bytes != want {
		t.Errorf("%d bytes, want %d", got.Disk.Bytes, want)
	}
	if cpu := *got.CPU; math.Abs(cpu-0.1571) > 0.0005 {
		t.Errorf("%.4f of the core is used over 10 s, want 11 ms and 10 walks", cpu)
	}
}

// A timer's cull takes its share of the cores and comes again.
func TestCullTimer(t *testing.T) {
	cfg := world.Config{
		Fleet: fleet(), Duration: 10 * time.Minute,
		Faults: []fault.Fault{fault.Cull{Moment: fault.Moment{At: 2 * time.Minute}, Every: 3 * time.Minute}},
	}
	cfg.Fleet.Cores, cfg.Fleet.CPU, cfg.Fleet.Origin.Latency.Fixed = 1, time.Millisecond, 0
	cfg.Fleet.Disk = &disk.Config{Cull: "manual", MaxEntries: -1, CullFrequency: 3, Entries: 1000, PerObject: 10 * time.Millisecond, PerOpen: 10 * time.Millisecond}
	b := setUp(t, cfg, cached(time.Minute))
	b.run(t, 10*time.Minute, func() {
		b.at(time.Second, "dies")
		b.at(2*time.Minute+time.Second, "waits") // behind a walk of 20 s
	})
	if last := b.records[1]; last.Done-last.At < 19*time.Second || last.Done-last.At > 20*time.Second {
		t.Errorf("a request beside the cull took %v", last.Done-last.At)
	}
	got := b.report().Disk
	if got.Culls != 3 || got.Culled != 2 || got.Entries != 1000 || got.EntriesPeak != 1001 || *got.SetCPUMS != 0 {
		t.Errorf("%+v; want three culls of two dead entries in all", got)
	}
}

// A box that is lost refuses, is found by the health check, and comes back as a new
// one; the other keeps what it has.
func TestBoxLoss(t *testing.T) {
	cfg := world.Config{
		Fleet:  fleet(),
		Faults: []fault.Fault{fault.BoxLoss{Span: fault.Span{At: 10*time.Second + 500*time.Millisecond, For: 10 * time.Second}, Box: 1}},
	}
	cfg.Fleet.Boxes = 2
	cfg.Fleet.Balancer = world.BalancerConfig{Policy: "round-robin", Check: 2 * time.Second, EjectFor: 5 * time.Second}
	cfg.Fleet.Disk = &disk.Config{Cull: "manual", MaxEntries: -1, CullFrequency: 3}
	b := setUp(t, cfg, cached(time.Hour))
	b.run(t, 40*time.Second, func() {
		for i := range 400 { // both boxes in turn
			b.at(time.Duration(i)*100*time.Millisecond, "k")
		}
	})
	if b.loads != 3 {
		t.Errorf("%d loads, want one for each box and one for the new one", b.loads)
	}
	// Five of every second reach the box until the check at 12 s finds it dead. The
	// one at 18 s still does, which is no ejection of its own.
	if n := b.outcomes()[metrics.Rejected]; n < 7 || n > 8 {
		t.Errorf("%d requests were refused", n)
	}
	got := b.report()
	if got.Crashes != 1 || got.Ejections != 1 || got.Disk.Entries != 1 {
		t.Errorf("%+v", got)
	}
	if s := b.Sample(); len(s) != 2 || s[1].Entries != 1 || !s[1].In {
		t.Errorf("%+v", s)
	}
}

// While a box is away a crash or a deploy of it brings nothing back.
func TestBoxStaysLost(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Faults: []fault.Fault{
		fault.BoxLoss{Span: fault.Span{At: time.Second}}, fault.BoxCrash{Moment: fault.Moment{At: 2 * time.Second}}, fault.Deploy{Moment: fault.Moment{At: 3 * time.Second}},
	}}
	b := setUp(t, cfg, cached(time.Hour))
	b.run(t, 10*time.Second, func() {
		b.at(0, "k")
		b.at(5*time.Second, "k")
	})
	if got := b.outcomes(); got[metrics.Rejected] != 1 || b.loads != 1 {
		t.Errorf("%v", got)
	}
}

// What a crashed box still does reaches its disk no more.
func TestDiskAfterACrash(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Faults: []fault.Fault{fault.BoxCrash{Moment: fault.Moment{At: time.Second}}}}
	cfg.Fleet.Disk = &disk.Config{Cull: "manual", MaxEntries: -1, CullFrequency: 3, Write: 10 * time.Second}
	b := setUp(t, cfg, cached(time.Hour))
	b.run(t, 30*time.Second, func() {
		b.at(0, "lost")
		b.at(2*time.Second, "kept")
	})
	if got := b.report().Disk; got.Entries != 1 {
		t.Errorf("%d entries, want the one of the box that came back", got.Entries)
	}
}

// Two boxes that are both unwell at once are ejected in turns, where no more than
// half of them may be out: the one that is left works for both.
func TestEjectedInTurns(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Duration: 10 * time.Minute}
	cfg.Fleet.Boxes, cfg.Fleet.Cores, cfg.Fleet.CPU = 2, 1, 95*time.Millisecond
	cfg.Fleet.Origin.Latency.Fixed = 0
	cfg.Fleet.Balancer = world.BalancerConfig{Policy: "round-robin", Check: time.Minute, MaxCPU: 0.9, EjectFor: time.Minute, MaxOut: 0.5}
	b := setUp(t, cfg, nil)
	var in []string
	b.run(t, 10*time.Minute, func() {
		for i := range 20 * 600 {
			b.at(time.Duration(i)*50*time.Millisecond, "k") // 19 of 20 ms of both cores
		}
		for m := 2; m < 10; m++ {
			b.sim.AfterFunc(time.Duration(m)*time.Minute+time.Second, func() {
				s := b.Sample()
				in = append(in, fmt.Sprint(s[0].In, s[1].In))
			})
		}
	})
	want := []string{"true false", "false true", "true false", "false true", "true false", "false true", "true false", "false true"}
	if fmt.Sprint(in) != fmt.Sprint(want) {
		t.Errorf("in use: %v", in)
	}
}
