package metricstest

import (
	_ "embed"
	"encoding/json"

	"github.com/herdlab/herdlab/internal/metrics"
)

//go:embed tiny.json
var tiny []byte

// Tiny is a file small enough to be read, with something of everything.
func Tiny() *metrics.File {
	f := new(metrics.File)
	if err := json.Unmarshal(tiny, f); err != nil {
		panic("metricstest: tiny.json: " + err.Error())
	}
	return f
}

// Seven is tiny with seven seeds of naive, whose figures spread, and two
// classes left.
func Seven() *metrics.File {
	f := Tiny()
	naive := f.Runs[0]
	f.Runs = nil
	for seed := range 7 {
		run := *naive
		latency := *naive.LatencyMS
		run.Seed = uint64(seed)
		run.Failures += int64(3 * seed)
		latency.P99 += float64(1000 * seed)
		run.LatencyMS = &latency
		f.Runs = append(f.Runs, &run)
	}
	f.Interrupted = true
	return f
}

// Incident is tiny as a story: naive before, its twin as the tempting fix that
// helps nobody, and swr after.
func Incident() *metrics.File {
	f := Tiny()
	f.Incident = metrics.Incident{
		Theme: "burst", Story: "One page expired.\nA thousand wanted it.\n\nNobody got it in time.", Topology: "client -> box -> database",
		Trigger: "the page expires at 1 s", Look: "the computes", Unreproduced: []string{"the 33 MB: there is no disk"},
	}
	wrong := *f.Runs[0]
	wrong.Strategy, wrong.Computes = "more-workers", 990
	f.Runs[0].Part = metrics.Part{Role: metrics.Before, Why: "nobody knew"}
	wrong.Part = metrics.Part{Role: metrics.Wrong, Why: "more hands | more work"}
	f.Runs[1].Part = metrics.Part{Role: metrics.After, Why: "one computes"}
	f.Runs = []*metrics.Run{f.Runs[0], &wrong, f.Runs[1]}
	f.Expectations[0].Because = "stated: one | two"
	return f
}
