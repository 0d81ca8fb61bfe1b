package compare_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// What cannot be compared is said, and fails where something that OLD has is not held
// against anything any more.
func TestProblems(t *testing.T) {
	renamed := func(f *metrics.File) { f.Scenario = "other" }
	for name, c := range map[string]struct {
		old, new func(*metrics.File)
		want     []string // those that fail begin with !
	}{
		"nothing": {nil, nil, nil},
		"another scenario": {renamed, nil, []string{
			"page: only in NEW: there is nothing to compare it with", "!other: only in OLD: there is nothing to compare it with",
		}},
		"another clock": {nil, func(f *metrics.File) { f.Clock = "wall" }, []string{
			"!page: NEW is on the wall clock, and OLD is not: compare results of one clock", "!page: OLD is on the virtual clock, and NEW is not: compare results of one clock",
		}},
		"another strategy": {nil, func(f *metrics.File) { f.Runs[0].Strategy = "swr" }, []string{
			"page, swr: only in NEW: there is nothing to compare it with", "!page, mutex: only in OLD: it is no longer run",
		}},
		"other traffic":    {nil, func(f *metrics.File) { f.Runs[0].Requests = 110 }, []string{"!page, mutex: other traffic: seed 1 sends 100 requests in OLD and 110 in NEW"}},
		"another duration": {nil, func(f *metrics.File) { f.DurationMS = 2000 }, []string{"!page: other settings: duration 1 s to 2 s"}},
		"another fault": {nil, func(f *metrics.File) { f.Faults = []metrics.FaultMark{{Label: "flush", AtMS: 500}} }, []string{
			"!page: other settings: faults none to flush at 500 ms",
		}},
		"another phase": {nil, func(f *metrics.File) { f.Phases[0].ToMS = 600 }, []string{
			"!page: other settings: phases burst from 0 ms to 500 ms to burst from 0 ms to 600 ms",
		}},
		"other settings": {
			settings(map[string]string{"fleet.workers": "8", "fleet.cpu": "5ms"}, map[string]string{"strategy": "mutex", "strategy.ttl": "1s"}),
			settings(map[string]string{"fleet.workers": "16", "warm": "1", "fleet.cpu": "5ms"}, map[string]string{"strategy": "mutex", "strategy.ttl": "2s"}),
			[]string{"page: other settings: fleet.workers 8 to 16, warm default to 1", "page, mutex: other settings: strategy.ttl 1s to 2s"},
		},
		"a setting of a strategy's own": {
			settings(map[string]string{"fleet.workers": "8"}, map[string]string{"fleet.workers": ""}), settings(map[string]string{"fleet.workers": "8"}, map[string]string{}),
			[]string{"page, mutex: other settings: fleet.workers default to 8"},
		},
		"the same, said otherwise": {
			settings(map[string]string{"fleet.workers": "8"}, map[string]string{"fleet.workers": "16"}),
			settings(map[string]string{"fleet.workers": "8"}, map[string]string{"fleet.workers": "16"}), nil,
		},
		"unknown settings": {nil, settings(map[string]string{}, map[string]string{}), []string{
			"page: OLD does not say its settings, as a version before them: whether they are the same is not known",
		}},
		"interrupted": {nil, func(f *metrics.File) { f.Interrupted = true }, []string{"!page: NEW was interrupted: run it again"}},
		"void":        {func(f *metrics.File) { f.Void = "the load fell behind" }, nil, []string{"!page: OLD is void: the load fell behind"}},
	} {
		old, new := full(), full()
		for f, change := range map[*metrics.File]func(*metrics.File){old: c.old, new: c.new} {
			if change != nil {
				change(f)
			}
		}
		compared := check(t, []*metrics.File{old}, []*metrics.File{new})
		var got []string
		fails := false
		for _, p := range compared.Problems {
			text := p.String()
			if p.Fails {
				text, fails = "!"+text, true
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		if compared.Regressed() != fails {
			t.Errorf("%s: regressed is %v", name, compared.Regressed())
		}
		compared.AllowMissing()
		if compared.Regressed() {
			t.Errorf("%s: regressed, although it is allowed", name)
		}
	}
}

// settings has a result say under which it was made.
func settings(shared, mutex map[string]string) func(*metrics.File) {
	return func(f *metrics.File) {
		f.Settings = &metrics.Settings{Scenario: shared, Strategies: map[string]map[string]string{"mutex": mutex}}
	}
}

func TestWithoutBaseline(t *testing.T) {
	c := compare.WithoutBaseline("base/out does not exist")
	gate, err := compare.Check(c, nil)
	if err != nil || !gate.Regressed() || gate.Verdict() != "regressed: 1 thing could not be compared" {
		t.Errorf("%v, %s", err, gate.Verdict())
	}
	c.AllowMissing()
	if gate.Regressed() || gate.Verdict() != "nothing was compared" {
		t.Error(gate.Verdict())
	}
}

// Runs are paired by their seeds, whatever order they are in; those of other seeds are
// left out, and without a common one all stand against all.
func TestPairing(t *testing.T) {
	result := func(seeds ...uint64) *metrics.File {
		f := full()
		run := f.Runs[0]
		f.Runs = nil
		for _, seed := range seeds {
			r := *run
			r.Seed, r.Computes = seed, int64(100*seed)
			f.Runs = append(f.Runs, &r)
		}
		return f
	}
	for _, c := range []struct {
		old, new []uint64
		basis    string
		differs  bool
	}{
		{[]uint64{1, 2, 3}, []uint64{3, 2, 1}, "3 seeds", false},
		{[]uint64{1, 2, 3}, []uint64{2, 3, 4, 5}, "2 seeds", false},
		{[]uint64{7}, []uint64{7}, "seed 7", false},
		{[]uint64{1, 2}, []uint64{11, 12}, "2 runs and 2", true},
	} {
		s := compare.New([]*metrics.File{result(c.old...)}, []*metrics.File{result(c.new...)}, table()).Scenarios[0].Strategies[0]
		if s.Basis() != c.basis || (s.Differing() > 0) != c.differs {
			t.Errorf("%v and %v: %s, %s", c.old, c.new, s.Basis(), s.Summary())
		}
	}
}

// With few seeds all have to agree, and with many most; a single one is taken as it is.
func TestHowManySeedsAgree(t *testing.T) {
	for _, c := range []struct {
		changes []int64
		want    compare.Verdict
	}{
		{[]int64{5}, compare.Worse}, {[]int64{-5}, compare.Better}, {[]int64{0}, compare.Same},
		{[]int64{5, 7, 6}, compare.Worse}, {[]int64{5, 7, -1}, compare.NotEnough}, {[]int64{5, 7, 0}, compare.NotEnough}, {[]int64{0, 0, 7}, compare.NotEnough}, {[]int64{0, 0, 0, 0, 7}, compare.Same},
		{[]int64{5, 7, 6, 8, 4, 9}, compare.Worse}, {[]int64{5, 7, 6, 8, 4, -9}, compare.Same}, {[]int64{5, 7, 6, 8, 4, 9, 3, -1}, compare.Worse}, {[]int64{-5, -7, -6, -8, -4, -9}, compare.Better},
	} {
		old, new := full(), full()
		run := old.Runs[0]
		old.Runs, new.Runs = nil, nil
		for seed, change := range c.changes {
			before := *run
			before.Seed = uint64(seed)
			after := before
			after.Computes += change
			old.Runs, new.Runs = append(old.Runs, &before), append(new.Runs, &after)
		}
		rows := compare.New([]*metrics.File{old}, []*metrics.File{new}, table()).Scenarios[0].Strategies[0].Rows
		i := slices.IndexFunc(rows, func(r *compare.Row) bool { return r.Name == "computes" })
		if got := rows[i].Verdict; got != c.want {
			t.Errorf("%v: %v, want %v (%s)", c.changes, got, c.want, rows[i].Evidence)
		}
	}
}

func table() figures.Table { return figures.All() }

// Nothing is better that was bought with failures, and a figure that one side has not is
// said to be of one side, and keeps no rule.
func TestNoPraiseForFailures(t *testing.T) {
	compareP99 := func(failures int64, p99 float64) *compare.Row {
		old, new := full(), full()
		for _, f := range []*metrics.File{old, new} {
			f.Runs[0].Requests, f.Runs[0].Failures = 10_000, 100
		}
		latency := *new.Runs[0].LatencyMS
		latency.P99 = p99
		new.Runs[0].Failures, new.Runs[0].LatencyMS = failures, &latency
		if p99 == 0 {
			new.Runs[0].LatencyMS = nil
		}
		s := check(t, []*metrics.File{old}, []*metrics.File{new}).Scenarios[0].Strategies[0]
		if (s.Note != "") != (failures > 110 && p99 < 100) {
			t.Errorf("%d failures: %q", failures, s.Note)
		}
		return s.Rows[slices.IndexFunc(s.Rows, func(r *compare.Row) bool { return r.Name == "p99" })]
	}
	for _, c := range []struct {
		failures int64
		p99      float64
		want     compare.Verdict
	}{{100, 50, compare.Better}, {105, 50, compare.Better}, {9000, 50, compare.Changed}, {9000, 150, compare.Worse}, {100, 0, compare.OneSided}} {
		if got := compareP99(c.failures, c.p99); got.Verdict != c.want {
			t.Errorf("%d failures, p99 %v: %v, want %v", c.failures, c.p99, got.Verdict, c.want)
		}
	}
	old, new := full(), full()
	new.Runs[0].LatencyMS = nil
	gate := check(t, []*metrics.File{old}, []*metrics.File{new}, "p99 +10%")
	if len(gate.Breaches) != 1 || gate.Breaches[0].String() != `page, mutex: p99 100 ms to n/a (n/a): one side has none, and nothing shows that "p99 +10%" is kept` {
		t.Errorf("%v", gate.Breaches)
	}
}
