package lab

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

// Wanted says which requests of a run are to be explained. Those that are wanted for two
// reasons are explained once.
type Wanted struct {
	Slowest int // so many of the slowest usable answers

	// Failed is so many failures of each cause, the first of each; of Cause alone if
	// that is not nil.
	Failed int
	Cause  *metrics.Outcome

	Number int64          // this one, if above 0
	At     *time.Duration // the first that arrived then or later
}

// Explain runs a strategy twice, each time on a new clock: once to learn which requests are
// the ones that are wanted, and then to follow these. Nothing has to be kept of all
// requests, as the second run is the first one again, event by event; that it was is made
// sure of. Traces are read once, as those of read, which may be nil.
func Explain(sc *scenarios.Scenario, e scenarios.Entry, seed uint64, clk func() Clock, read *workloads.Recordings, watch Watch, wanted Wanted) (*metrics.Run, error) {
	sc, err := sc.For(e)
	if err != nil {
		return nil, err
	}
	if read == nil {
		read = &workloads.Recordings{Stop: watch.Stop}
		defer read.Close() // they were only read: nothing can be lost
	}
	choosing := &run{sc: sc, entry: e, seed: seed, Setup: Setup{Clock: clk(), Recordings: read, Watch: watch}, pick: &pick{wanted: wanted}}
	first, err := choosing.execute()
	if err != nil {
		return nil, err
	}
	first.Timelines = []metrics.Timeline{}
	picked := choosing.pick.picked()
	if len(picked) == 0 {
		return first, nil
	}
	following := &run{sc: sc, entry: e, seed: seed, Setup: Setup{Clock: clk(), Recordings: read, Watch: Watch{Stop: watch.Stop}}}
	for _, p := range picked {
		following.follow = append(following.follow, p.record.Number)
	}
	again, err := following.execute()
	switch {
	case err != nil:
		return nil, err
	case first.TraceHash != again.TraceHash || first.Events != again.Events:
		return nil, fmt.Errorf("not deterministic: %s, seed %d: %d events with trace %s, and %d with trace %s when requests are followed; please report this scenario",
			e.Name, seed, first.Events, first.TraceHash, again.Events, again.TraceHash)
	}
	for _, p := range picked {
		t := following.followed.Timeline(p.record.Number)
		p.complete(t, sc)
		first.Timelines = append(first.Timelines, *t)
	}
	return first, nil
}

// complete adds what is known of a request at its end.
func (p *pickedRequest) complete(t *metrics.Timeline, sc *scenarios.Scenario) {
	r := &p.record
	t.Why, t.Class, t.Key, t.Write = p.why, sc.Workload[r.Class].Class, r.Key, r.Op == workloads.Write
	t.AtMS, t.LatencyMS, t.Outcome = millis(r.At), millis(r.Done-r.At), r.Outcome
	if r.Age >= 0 {
		t.AgeMS = new(millis(r.Age))
	}
	if r.Staleness >= 0 {
		t.StalenessMS = new(millis(r.Staleness))
	}
}

// pick chooses requests from all of a run, in the memory of those that are wanted.
type pick struct {
	wanted  Wanted
	slowest []metrics.Record // in order, the slowest first
	failed  [metrics.NumOutcomes][]metrics.Record
	number  *metrics.Record
	at      *metrics.Record
}

// pickedRequest is a request that is to be explained.
type pickedRequest struct {
	record metrics.Record
	why    string
}

// add hears of a request's end.
func (p *pick) add(r *metrics.Record) {
	w := &p.wanted
	if r.Outcome.Failed() {
		if of := p.failed[r.Outcome]; w.Cause == nil || *w.Cause == r.Outcome {
			p.failed[r.Outcome] = keep(of, r, w.Failed, earlier)
		}
	} else {
		p.slowest = keep(p.slowest, r, w.Slowest, slower)
	}
	if r.Number == w.Number {
		p.number = new(*r)
	}
	if w.At != nil && r.At >= *w.At && (p.at == nil || earlier(*r, *p.at) < 0) {
		p.at = new(*r)
	}
}

// keep keeps the first few of a list that is in order.
func keep(list []metrics.Record, r *metrics.Record, most int, order func(a, b metrics.Record) int) []metrics.Record {
	if len(list) == most && (most == 0 || order(*r, list[most-1]) > 0) {
		return list
	}
	i, _ := slices.BinarySearchFunc(list, *r, order)
	list = slices.Insert(list, i, *r)
	return list[:min(len(list), most)]
}

// slower orders by latency, the longest first, and then as they arrived.
func slower(a, b metrics.Record) int {
	return cmp.Or(cmp.Compare(b.Done-b.At, a.Done-a.At), earlier(a, b))
}

// earlier orders as they arrived.
func earlier(a, b metrics.Record) int { return cmp.Compare(a.Number, b.Number) }

// picked are the requests to explain: what was asked for by itself, the slowest, and then
// the failures of each cause.
func (p *pick) picked() (list []*pickedRequest) {
	add := func(r metrics.Record, why string) {
		if !slices.ContainsFunc(list, func(o *pickedRequest) bool { return o.record.Number == r.Number }) {
			list = append(list, &pickedRequest{r, why})
		}
	}
	if p.number != nil {
		add(*p.number, "asked for")
	}
	if p.at != nil {
		add(*p.at, fmt.Sprintf("the first from %v on", *p.wanted.At))
	}
	for i, r := range p.slowest {
		why := "the slowest answer"
		if i > 0 {
			why = fmt.Sprintf("the slowest but %d", i)
		}
		add(r, why)
	}
	for _, of := range p.failed {
		for i, r := range of {
			add(r, fmt.Sprintf("%s to fail so", []string{"the first", "another"}[min(i, 1)]))
		}
	}
	return list
}
