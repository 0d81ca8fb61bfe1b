package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// explored are the requests of a strategy that the page shows step by step. They are of
// one seed: a request of another one is another request.
type explored struct {
	view.Group
	At       int    // of the strategy, among those of the page
	Summary  string // in a few words
	Requests []exploredRequest
}

// exploredRequest is one of them: a bar of where its time went, and the steps.
type exploredRequest struct {
	Title  string
	Failed bool
	Width  float64 // in percent of the longest of its strategy
	Parts  []exploredPart
	Sum    string

	Ticks []tick // of the axis that its steps share
	Steps []exploredStep
	End   float64 // of the request, in percent of the axis
}

// exploredPart is what took some of the time, as a piece of a bar.
type exploredPart struct {
	Kind  string // of its colour
	Text  string
	Width float64 // in percent of the bar
}

// exploredStep is a row of a timeline: when, what, and for how long.
type exploredStep struct {
	At, Text    string
	Part        bool    // of a try
	Beside      bool    // it takes none of the request's time
	Kind        string  // of its colour; empty where it takes no time
	From, Width float64 // in percent of the axis
	Queued      float64 // in percent of the step
}

// tick is a time on an axis, in percent of its length.
type tick struct {
	At   float64
	Text string
}

// explore prepares the requests that a file has timelines of; none where nobody asked
// for them.
func explore(v *view.View) (list []explored) {
	for i, g := range v.Groups {
		at := slices.IndexFunc(g.Runs, func(r *metrics.Run) bool { return len(r.Timelines) > 0 })
		if at < 0 {
			continue
		}
		run := g.Runs[at]
		e := explored{Group: g, At: i, Summary: exploredSummary(run)}
		longest := 0.0
		for j := range run.Timelines {
			longest = max(longest, run.Timelines[j].LatencyMS)
		}
		for j := range run.Timelines {
			e.Requests = append(e.Requests, newExploredRequest(timeline{&run.Timelines[j]}, longest))
		}
		list = append(list, e)
	}
	return list
}

// exploredSummary is what a reader may expect of the requests of a run.
func exploredSummary(run *metrics.Run) string {
	var parts []string
	slowest := -1.0 // without an answer
	for i := range run.Timelines {
		if t := &run.Timelines[i]; !t.Outcome.Failed() {
			slowest = max(slowest, t.LatencyMS)
		}
	}
	if slowest >= 0 {
		parts = append(parts, "slowest answer "+humanize.Duration(slowest))
	}
	for _, o := range view.FailedOutcomes() {
		if n := run.All.Outcomes[o]; n > 0 {
			parts = append(parts, humanize.Count(float64(n))+" failed: "+humanize.Words(o.String()))
		}
	}
	return fmt.Sprintf("%s, seed %d", strings.Join(parts, ", "), run.Seed)
}

// newExploredRequest draws a timeline beside others, of which the longest takes so many ms.
func newExploredRequest(t timeline, longest float64) exploredRequest {
	r := exploredRequest{Title: t.title(), Failed: t.Outcome.Failed(), Width: percent(t.LatencyMS, longest), Sum: t.sum()}
	for _, p := range t.parts() {
		r.Parts = append(r.Parts, exploredPart{kindOf(p.name), p.name + " " + humanize.Duration(p.ms), percent(p.ms, t.LatencyMS)})
	}
	lines, end := t.lines(), t.LatencyMS // what goes on without the request is on its axis too
	for _, l := range lines {
		end = max(end, l.until)
	}
	r.End = percent(t.LatencyMS, end)
	for i := range 5 {
		at := end * float64(i) / 4
		r.Ticks = append(r.Ticks, tick{25 * float64(i), since(at)})
	}
	for _, l := range lines {
		s := exploredStep{At: since(l.at), Text: strings.TrimSpace(l.text), Part: strings.HasPrefix(l.text, " "), Beside: l.beside, From: percent(l.at, end)}
		if l.until > l.at {
			s.Kind, s.Width, s.Queued = kindOf(l.kind), percent(l.until-l.at, end), percent(l.queued, l.until-l.at)
		}
		r.Steps = append(r.Steps, s)
	}
	return r
}

// kindOf is the name of a part as that of a style.
func kindOf(part string) string { return "k-" + strings.ReplaceAll(strings.ToLower(part), " ", "-") }

// Kinds are those that bars are made of, in the order of a request's way, each with its
// colour.
func (p page) Kinds() (list []exploredPart) {
	for _, name := range []string{"front", "accept queue", "CPU", "cache", "waiting", "origin", "back-off", "network", "elsewhere"} {
		kind := kindOf(name)
		met := func(r exploredRequest) bool {
			return slices.ContainsFunc(r.Steps, func(s exploredStep) bool { return s.Kind == kind }) || slices.ContainsFunc(r.Parts, func(x exploredPart) bool { return x.Kind == kind })
		}
		if slices.ContainsFunc(p.Explored, func(e explored) bool { return slices.ContainsFunc(e.Requests, met) }) {
			list = append(list, exploredPart{Kind: kind, Text: name})
		}
	}
	return list
}

// percent is a share in percent, to a hundredth; of nothing it is 0.
func percent(part, of float64) float64 {
	if of <= 0 {
		return 0
	}
	return math.Round(min(max(part/of, 0), 1)*1e4) / 100
}

// Explorable is the command by which requests can be explained, where the page has none of
// them: of the wall clock nobody can have another run that is the same.
func (p page) Explorable() string {
	if len(p.Explored) > 0 || p.Clock != "virtual" || p.Command == "" {
		return ""
	}
	return p.Command + " --explain"
}
