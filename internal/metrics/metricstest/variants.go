package metricstest

import (
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Hostile is a name that breaks whatever does not escape it.
const Hostile = "<script>alert('x')</script> & \"q\" | `b` *e* \x1b[31m\n]]> --> \xff @all"

// Variants are files of every shape that a chart must bear. They are shared by
// the tests and must not be changed.
func Variants() map[string]*metrics.File { return made() }

var made = sync.OnceValue(makeVariants)

func makeVariants() map[string]*metrics.File {
	files := make(map[string]*metrics.File)

	f := Burst().File()
	f.Faults = append(f.Faults, Fault("node 1 lost", 25*time.Second, 32*time.Second), Fault("flush", 45*time.Second, 0), Fault("deploy at the very end", time.Minute, 0))
	files["burst"] = f

	s := Burst()
	s.seeds, s.Strategies, s.windows, s.requests = 7, s.Strategies[:3], 100, 4000
	f = s.File()
	f.Phases = []metrics.PhaseMark{
		{Name: "warm", FromMS: 0, ToMS: 10_000, WarmUp: true}, {Name: "calm", FromMS: 10_000, ToMS: 40_000},
		{Name: "storm", FromMS: 40_000, ToMS: 59_900}, {Name: "too short for a name", FromMS: 59_900, ToMS: 60_000},
	}
	for i := range 12 {
		f.Faults = append(f.Faults, Fault(fmt.Sprintf("node %d flaps", i%2), time.Duration(10+2*i)*time.Second, time.Duration(11+2*i)*time.Second))
	}
	files["seeds"] = f

	s = Burst()
	s.Strategies = []string{"naive", "mutex", "stale-while-revalidate with a very long name for a legend entry", "publish", "xfetch", "lease", "two-level", "swr-8"}
	s.duration, s.period, s.windows, s.load = 30*24*time.Hour, 5*24*time.Hour, 400, 20*time.Minute
	f = s.File()
	f.About = "A title that goes on and on, since somebody wrote a whole paragraph where one sentence was asked for, and then went on to explain in some detail why this scenario matters to everyone who has ever run a cache."
	files["month"] = f

	s = Burst()
	s.Strategies, s.windows, s.bystander = s.Strategies[:1], 1, false
	files["single"] = s.File()

	s = Burst() // many windows without a request, some with latency 0
	s.Calm, s.duration, s.period, s.load, s.hit, s.requests = true, time.Second, time.Hour, 0, 40*time.Microsecond, 150
	files["calm"] = s.File()

	s = Burst()
	s.Strategies = []string{Hostile, "mutex"}
	f = s.File()
	f.Scenario, f.About, f.Command, f.Source = Hostile, Hostile, "simulate run '"+Hostile+"'", Hostile
	f.Faults = append(f.Faults, Fault(Hostile, time.Second, 0))
	f.Phases = append(f.Phases, metrics.PhaseMark{Name: Hostile, ToMS: 60_000})
	f.Expectations = append(f.Expectations, metrics.Expectation{Text: Hostile, Line: 3, Reason: Hostile})
	f.Classes = append(f.Classes, metrics.ClassInfo{Name: Hostile, Bystander: true})
	f.Runs[0].Warnings = []string{Hostile}
	files["hostile"] = f

	// A run that nothing happened in, and one that was cut short.
	nan := metrics.Floats{math.NaN(), math.NaN()}
	f = Tiny()
	f.Runs = []*metrics.Run{
		{Strategy: "nothing", Series: metrics.Series{Requests: []int64{0, 0}, P50: nan, P99: nan, HitRatio: nan, AgeP50: nan, AgeMax: nan, Herd: []int64{0, 0}, InFlight: []int64{0, 0}}},
		{Strategy: "cut short"},
	}
	files["nothing"] = f

	f = Tiny()
	f.Runs = nil
	f.Interrupted = true
	files["no runs"] = f

	f = Burst().File()
	for i, role := range []string{metrics.Before, metrics.Wrong, metrics.After, metrics.After, metrics.Before} {
		f.Runs[i].Part = metrics.Part{Role: role, Why: Hostile}
	}
	f.Incident = metrics.Incident{Story: Hostile, Topology: Hostile, Trigger: Hostile, Look: Hostile, Unreproduced: []string{Hostile}}
	files["story"] = f

	f = Tiny()
	f.Runs = []*metrics.Run{
		{Strategy: Hostile, Part: metrics.Part{Role: metrics.Before}}, {Strategy: "after", Part: metrics.Part{Role: metrics.After}},
	}
	files["story of nothing"] = f

	files["tiny"], files["tiny seeds"], files["incident"] = Tiny(), Seven(), Incident()
	return files
}
