package foretell

import (
	"bytes"
	"regexp"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// result is a file of one run with so many computes and such a p50.
func result(computes int64, p50 float64) *metrics.File {
	run := &metrics.Run{Strategy: "naive", Loads: metrics.Loads{Computes: computes, HerdPeak: 3}}
	run.Requests = 1000
	if p50 > 0 {
		run.LatencyMS = &metrics.Latency{P50: p50, P99: p50}
	}
	return &metrics.File{Runs: []*metrics.Run{run}}
}

// prepared is a file as it is compared.
func prepared(f *metrics.File) *view.View { return view.New(f, figures.All()) }

// A figure is near enough by its share or by its absolute tolerance, counted from
// the range of all simulations.
func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name              string
		measured          int64
		simulated, others []int64
		within            bool
	}{
		{"the same", 1000, []int64{1000}, nil, true},
		{"5 %", 1000, []int64{952}, nil, true},
		{"6 %", 1000, []int64{939}, nil, false},
		{"small numbers", 5, []int64{2}, nil, true},
		{"the root of 100", 100, []int64{90}, nil, true},
		{"more than the root of 100", 100, []int64{89}, nil, false},
		{"between two simulations", 1000, []int64{800}, []int64{1200}, true},
		{"beside two simulations", 1000, []int64{800}, []int64{900}, false},
		{"near the range", 1000, []int64{800}, []int64{960}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var others []*view.View
			for _, n := range c.others {
				others = append(others, prepared(result(n, 10)))
			}
			rows := Compare(prepared(result(c.measured, 10)), prepared(result(c.simulated[0], 10)), others...)
			for _, r := range rows {
				if want := c.within || r.Figure != "computes"; r.Within != want {
					t.Errorf("%s: %+v", r.Figure, r)
				}
			}
		})
	}
	for _, r := range Compare(prepared(result(1, 10)), prepared(result(1, 16))) {
		if want := r.Figure[0] != 'p'; r.Within != want {
			t.Errorf("10 ms and 16 ms: %+v", r)
		}
	}
	for _, r := range Compare(prepared(result(1, 10)), prepared(result(1, 0))) {
		if want := r.Figure[0] != 'p'; r.Within != want {
			t.Errorf("10 ms and no latency at all: %+v", r)
		}
	}
}

// Of 300 answers the p99 is one of the longest five or so, and chance says which.
func TestValidateChance(t *testing.T) {
	of := func(requests int64, p99, longest float64) *view.View {
		run := &metrics.Run{Strategy: "naive"}
		run.Requests = requests
		run.LatencyMS = &metrics.Latency{P50: 10, P99: p99}
		run.Percentiles = []metrics.Percentile{{Share: 0.9, MS: 10}, {Share: 0.98, MS: 40}, {Share: 0.99, MS: p99}, {Share: 0.995, MS: longest}, {Share: 1, MS: longest}}
		return prepared(&metrics.File{Runs: []*metrics.Run{run}})
	}
	for _, c := range []struct {
		name                string
		requests            int64
		measured, simulated float64
		longest, longestSim float64
		within              bool
	}{
		{"one rank beside", 300, 210, 120, 210, 210, true},
		{"longer than all", 300, 210, 120, 210, 130, false},
		{"shorter than all", 300, 60, 120, 60, 210, false},
		{"many answers", 100_000, 210, 120, 210, 210, false},
	} {
		for _, r := range Compare(of(c.requests, c.measured, c.longest), of(c.requests, c.simulated, c.longestSim)) {
			if want := c.within || r.Figure != "p99 ms"; r.Within != want {
				t.Errorf("%s: %+v", c.name, r)
			}
		}
	}
}

func TestValidationTable(t *testing.T) {
	var out bytes.Buffer
	rows := Compare(prepared(result(1000, 10.13)), prepared(result(900, 10.13)), prepared(result(940, 10.13)))
	if err := Table(&out, "herd", rows); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`herd +figure +measured +simulated +range +difference +tolerance`,
		`naive +requests +1000 +1000 +\+0 +exact +ok`,
		` computes +1000 +900 +900 to 940 +-100 +5 % or √n +outside`,
		` duplicate computes +0 +0 +\+0 +10 % or 5 +ok`,
		` herd peak +3 +3 +\+0 +10 % or 3 +ok`,
		` p50 ms +10\.13 +10\.13 +\+0 +15 % or 5 ms +ok`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

// What became of the boxes is compared where they have file caches, and only there.
func TestValidateBoxes(t *testing.T) {
	file := func(culls int64, cpu float64) *metrics.File {
		f := result(1000, 5)
		f.Runs[0].Disk, f.Runs[0].CPU = &metrics.DiskStats{EntriesPeak: 300, Culls: culls, Culled: 100 * culls}, &cpu
		return f
	}
	outside := map[string]bool{}
	for _, r := range Compare(prepared(file(100, 0.5)), prepared(file(85, 0.52))) {
		outside[r.Figure] = !r.Within
	}
	for figure, want := range map[string]bool{"entries peak": false, "culls": true, "culled": true, "cpu": false, "ejections": false} {
		if got, ok := outside[figure]; !ok || got != want {
			t.Errorf("%s: there %v, outside %v, want %v", figure, ok, got, want)
		}
	}
	for _, r := range Compare(prepared(file(8, 0.5)), prepared(file(9, 0.5))) {
		if r.Figure == "culled" && !r.Within {
			t.Errorf("one cull less: %+v", r)
		}
	}
	for _, r := range Compare(prepared(result(1000, 5)), prepared(result(1000, 5))) {
		if r.Figure == "culls" || r.Figure == "cpu" {
			t.Errorf("%s is compared without disks", r.Figure)
		}
	}
}

// What was served, and who stood by, is compared where there was any of it.
func TestValidateServed(t *testing.T) {
	file := func(outdated int64, reads, bystander float64) *metrics.File {
		f := result(1000, 5)
		f.Classes = []metrics.ClassInfo{{Name: "page"}, {Name: "health", Bystander: true}}
		run := f.Runs[0]
		run.Outdated, run.CacheGetsPerS = outdated, &reads
		run.Classes = map[string]metrics.Figures{"health": {LatencyMS: &metrics.Latency{P99: bystander}}}
		return f
	}
	outside := map[string]bool{}
	for _, r := range Compare(prepared(file(100, 50, 4930)), prepared(file(85, 51, 3000))) {
		outside[r.Figure] = !r.Within
	}
	for figure, want := range map[string]bool{"outdated": true, "cache gets per s": false, "health p99 ms": true} {
		if got, ok := outside[figure]; !ok || got != want {
			t.Errorf("%s: there %v, outside %v, want %v", figure, ok, got, want)
		}
	}
	for _, figure := range []string{"leaks", "page p99 ms"} {
		if _, ok := outside[figure]; ok {
			t.Errorf("%s is compared, and nobody had any", figure)
		}
	}
}

// A difference that the machine explains says nothing of the model: a latency that is off by
// no more than a request's wakings were late, or anything after much of a disturbance. What
// is inside its tolerance stands.
func TestVoid(t *testing.T) {
	for name, c := range map[string]struct {
		late           time.Duration
		much           bool
		latency, count bool // are void
	}{
		"a machine at rest": {late: 500 * time.Microsecond},
		"a busy one":        {late: 3 * time.Millisecond, latency: true},
		"an overloaded one": {late: 9 * time.Millisecond, much: true, latency: true, count: true},
	} {
		rows := []Row{
			{Figure: "p99 ms", Latency: true, Measured: 30, Simulated: 10},
			{Figure: "computes", Measured: 30, Simulated: 10},
			{Figure: "p50 ms", Latency: true, Measured: 11, Simulated: 10, Within: true},
		}
		any := Void(rows, c.late, c.much)
		if any != c.latency || rows[0].Void != c.latency || rows[1].Void != c.count || rows[2].Void {
			t.Errorf("%s: %v, %+v", name, any, rows)
		}
	}
	var table bytes.Buffer
	if err := Table(&table, "x", []Row{{Strategy: "naive", Figure: "computes", Void: true}}); err != nil || !regexp.MustCompile(`(?m)^naive.* void$`).Match(table.Bytes()) {
		t.Errorf("%v: %s", err, &table)
	}
}
