package lab_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/workloads"
)

// load reads a scenario written in a test.
func load(t testing.TB, text string, set ...string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Read("test.yaml", []byte(text), set)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func virtual() lab.Clock { return sim.New() }

func execute(t testing.TB, sc *scenarios.Scenario) *metrics.File {
	t.Helper()
	f, err := lab.Execute(sc, lab.Options{Clock: virtual, ClockName: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// every part of the world in two seconds of traffic.
const lively = `
name: lively
duration: 2s
seeds: 2
fleet:
  boxes: 3
  workers: 8
  queue: 50
  cores: 2
  cpu: 100us
  balancer: {policy: random, check: 500ms, timeouts: 20, eject_for: 300ms}
  cache: {nodes: 4, ring: ketama, memory: 40KB, bandwidth: 10MB/s, eject_after: 3, retry_after: 400ms}
  origin: {latency: {median: 15ms, p99: 80ms}, concurrency: 12, queue: 60, degrade: 1%, errors: 2%}
workload:
  - {class: page, rate: 800/s, keys: {count: 500, zipf: 0.9, one_hit: 5%}, writes: 3%, size: {median: 800B, p99: 5KB}}
  - {class: bystander, rate: 50/s, cost: 1ms}
client: {timeout: 300ms, retries: 2, backoff: exponential, base: 20ms, budget: 20%}
faults:
  - {at: 500ms, for: 400ms, kind: node-loss, node: 1}
  - {at: 700ms, kind: box-crash, box: 0}
  - {at: 1200ms, for: 200ms, kind: slow-origin, factor: 3}
  - {at: 1500ms, kind: deploy, over: 400ms}
strategies:
  naive: {ttl: 300ms}
  mutex: {ttl: 300ms, lock: 200ms, losers: wait, wait: 100ms, poll: 10ms}
  swr: {fresh: 200ms, ttl: 1s}
  two-level: {ttl: 100ms, over: {swr: {fresh: 200ms, ttl: 1s}}}
  publish: {workers: 4}
`

// behindFront is a front of few connections before an origin of few slots.
const behindFront = `
duration: 2s
fleet:
  workers: 4
  front: {connections: 20}
  cache: {nodes: 1}
  origin: {latency: 500ms, concurrency: 2, queue: 10}
workload:
  - {class: page, rate: 100/s, keys: {count: 1000}}
client: {timeout: 10s}
strategies:
  naive: {ttl: 10m}
`

func TestDeterminism(t *testing.T) {
	sc := load(t, lively)
	var first []byte
	for i, procs := range []int{1, 2, 4, 7} {
		previous := runtime.GOMAXPROCS(procs)
		b, err := json.Marshal(execute(t, sc))
		runtime.GOMAXPROCS(previous)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b
		} else if !bytes.Equal(b, first) {
			t.Fatalf("run %d, GOMAXPROCS %d: the results differ", i, procs)
		}
	}
	other := load(t, lively, "seed=77")
	if b, _ := json.Marshal(execute(t, other)); bytes.Equal(b, first) {
		t.Error("another seed gives the same results")
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// The results are the same bytes in every build: with the race detector,
// without, and on another machine. The golden file holds their digests.
func TestGolden(t *testing.T) {
	file := execute(t, load(t, lively))
	var got strings.Builder
	for _, run := range file.Runs {
		fmt.Fprintf(&got, "%-9s seed %d: %6d events, trace %s\n", run.Strategy, run.Seed, run.Events, run.TraceHash)
	}
	var b bytes.Buffer
	if err := reports.JSON(&b, file); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&got, "results.json: sha256 %x\n", sha256.Sum256(b.Bytes()))
	golden := filepath.Join("testdata", "lively.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the results of the lively scenario have changed; run with -update, and commit only if you understand why\ngot\n%swant\n%s", got.String(), want)
	}
}

// Every strategy faces the same requests, to the nanosecond: those that the
// workload makes of the seed.
func TestStrategiesSeeTheSameTraffic(t *testing.T) {
	sc := load(t, lively)
	w, err := workloads.New(sc.Seed, sc.Duration, sc.Workload)
	if err != nil {
		t.Fatal(err)
	}
	want := fnv.New64a()
	for r := range w.All() {
		fmt.Fprintln(want, r.At, r.Key, r.Op, r.Size, r.Class)
	}
	for _, e := range sc.Strategies {
		got := fnv.New64a()
		watch := lab.Watch{Sent: func(r *workloads.Request) { fmt.Fprintln(got, r.At, r.Key, r.Op, r.Size, r.Class) }}
		if _, err := lab.Run(sc, e, sc.Seed, lab.Setup{Clock: sim.New(), Watch: watch}); err != nil {
			t.Fatal(err)
		}
		if got.Sum64() != want.Sum64() {
			t.Errorf("%s sees other requests than the workload makes", e.Name)
		}
	}
}

// Every figure an expectation may name can be had.
func TestEveryFigureIsThere(t *testing.T) {
	sc := load(t, lively)
	runs := execute(t, sc).Runs
	disks := execute(t, load(t, onDisks)).Runs
	fronted := execute(t, load(t, behindFront)).Runs
	for _, f := range figures.All() {
		has := func(runs []*metrics.Run, strategy string) bool { return f.Values(runs, strategy, "", "") != nil }
		if !has(runs, "publish") && !has(runs, "two-level") && !has(disks, "before") && !has(fronted, "naive") {
			t.Errorf("figure %s has no value", f.Name)
		}
	}
}

func TestExpectations(t *testing.T) {
	sc := load(t, `
duration: 10s
fleet: {workers: 50, queue: 1000, origin: {latency: 5s}}
workload:
  - {class: page, burst: {at: 0s, requests: 1000, over: 1s}, keys: {count: 1}}
strategies:
  naive: {ttl: 4h}
  mutex: {ttl: 4h, lock: 60s}
expect:
  - naive.computes == 50
  - mutex.computes == 1 && mutex.failures == 999
  - mutex.failures == 0
`)
	file := execute(t, sc)
	for i, want := range []bool{true, true, false} {
		if x := file.Expectations[i]; x.Holds != want {
			t.Errorf("%s: %v, because %s", x.Text, x.Holds, x.Reason)
		}
	}
	if got := file.Expectations[2].Reason; !strings.Contains(got, "mutex.failures = 999") {
		t.Errorf("the reason is %q", got)
	}
}

// The world runs on the wall clock too: the two commands differ in one value.
func TestWallClock(t *testing.T) {
	sc := load(t, `
duration: 300ms
fleet: {boxes: 2, workers: 8, origin: {latency: 10ms}, cache: {rtt: 200us}}
workload:
  - {class: page, rate: 300/s, keys: {count: 20}, writes: 5%}
  - {class: bystander, rate: 50/s}
client: {timeout: 5s}
strategies: {naive: {ttl: 100ms}, mutex: {}, swr: {fresh: 50ms}, two-level: {}, publish: {}}
`)
	wall, err := lab.Execute(sc, lab.Options{Clock: func() lab.Clock { return clock.NewWall() }, ClockName: "wall", Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	simulated := execute(t, sc)
	for i, run := range wall.Runs {
		if want := simulated.Runs[i].Requests; run.Requests != want {
			t.Errorf("%s: %d requests on the wall clock, %d on the virtual one", run.Strategy, run.Requests, want)
		}
		if run.Failures > 0 && run.Strategy != "mutex" && run.Strategy != "swr" {
			t.Errorf("%s: %d failures", run.Strategy, run.Failures)
		}
	}
}

func TestStop(t *testing.T) {
	sc := load(t, lively)
	var finished atomic.Int64
	file, err := lab.Execute(sc, lab.Options{
		Clock: virtual, Parallel: 1,
		Progress: func(run, _ int, at time.Duration) {
			if at == sc.Duration {
				finished.Store(int64(run + 1))
			}
		},
		Stop: func() bool { return finished.Load() == 3 },
	})
	if err != nil {
		t.Fatal(err)
	}
	if !file.Interrupted || len(file.Runs) != 3 || len(file.Expectations) != 0 {
		t.Errorf("interrupted %v with %d runs and %d expectations, want the 3 finished", file.Interrupted, len(file.Runs), len(file.Expectations))
	}
}

// A run that is told to stop in the middle of what cannot be interrupted, as the sorting
// of a large ring, keeps nobody waiting, and takes away what it has made when it is through.
func TestStopInSetUp(t *testing.T) {
	sc := load(t, lively)
	var stop atomic.Bool
	through, closed := make(chan struct{}), make(chan struct{})
	_, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{
		Clock: virtual(), Watch: lab.Watch{Stop: stop.Load},
		World: func(cfg world.Config, env world.Environment) (lab.World, error) {
			stop.Store(true)
			<-through
			made, err := lab.Modelled(cfg, env)
			return closing{made, sync.OnceFunc(func() { close(closed) })}, err
		},
	})
	if !errors.Is(err, lab.ErrStopped) {
		t.Errorf("ends with %v", err)
	}
	close(through)
	<-closed
}

// closing is a world that tells when it is closed.
type closing struct {
	lab.World
	closed func()
}

func (c closing) Close() {
	c.World.Close()
	c.closed()
}

// A panic of a run that can be stopped is that of who runs it, as a sweep, which goes on
// with the next one.
func TestPanicInSetUp(t *testing.T) {
	sc := load(t, lively)
	defer func() {
		if v := recover(); v != "no world" {
			t.Errorf("recovered %v", v)
		}
	}()
	_, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{
		Clock: virtual(), Watch: lab.Watch{Stop: func() bool { return false }},
		World: func(world.Config, world.Environment) (lab.World, error) { panic("no world") },
	})
	t.Errorf("goes on, with %v", err)
}
