package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Timelines writes the timelines of a run for people: a line a step, with the time since the
// request arrived and the instant on the run's clock. What is indented is a part of the try
// above it. Lines in brackets are beside the request: they take none of its time.
func Timelines(w io.Writer, run *metrics.Run) error {
	var out bytes.Buffer
	for i := range run.Timelines {
		if i > 0 {
			fmt.Fprintln(&out)
		}
		t := timeline{&run.Timelines[i]}
		fmt.Fprintf(&out, "%s, seed %d: %s\n", run.Strategy, run.Seed, t.title())
		for _, l := range t.lines() {
			fmt.Fprintf(&out, "%10s  %11s  %s\n", since(l.at), clock(t.AtMS+l.at), l.text)
		}
		fmt.Fprintf(&out, "  %s\n", t.sum())
	}
	_, err := humanize.PrintableWriter(w).Write(out.Bytes())
	return err
}

// since writes the time since a request arrived.
func since(ms float64) string {
	if ms == 0 {
		return "0"
	}
	return "+" + humanize.Duration(ms)
}

// clock writes an instant of the run.
func clock(ms float64) string { return fmt.Sprintf("%.6f s", ms/1000) }

// timeline is a timeline to be written.
type timeline struct{ *metrics.Timeline }

// moment is something that happens at an instant, or from then on for a time, in ms since
// the request arrived.
type moment struct {
	at   float64
	text string

	until  float64 // 0 where it takes no time
	queued float64 // of it, in a queue or on a link
	kind   string  // what its time is counted under; empty where it is no step
	beside bool    // it takes none of the request's time
}

// title says which request it is.
func (t timeline) title() string {
	what := "class " + t.Class
	if t.Key != "" {
		what += ", key " + t.Key
	}
	if t.Write {
		what += ", a write"
	}
	return fmt.Sprintf("request %d, %s: %s; %s after %s", t.Number, t.Why, what, humanize.Words(t.Outcome.String()), humanize.Duration(t.LatencyMS))
}

// lines are all that happened, in order.
func (t timeline) lines() []moment {
	list := []moment{{text: "arrives"}}
	for i := range t.Tries {
		list = append(list, t.tryLines(i)...)
	}
	list = append(list, moment{at: t.LatencyMS, text: "ends: " + t.ending()})
	slices.SortStableFunc(list, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	return list
}

// tryLines are those of one try.
func (t timeline) tryLines(i int) (list []moment) {
	try := &t.Tries[i]
	if i > 0 {
		list = append(list, moment{at: try.FromMS, text: fmt.Sprintf("the client tries again, for the %s time", ordinal(i))})
	}
	for rest := try.Steps; len(rest) > 0; {
		period, times := repeats(rest)
		for j := range rest[:period] {
			list = append(list, stepLine(try, &rest[j]))
		}
		if times > 1 {
			last := rest[period*times-1].ToMS
			list = append(list, moment{
				at: rest[period].FromMS, until: last, kind: partOf(dearest(rest[:period]).What),
				text: fmt.Sprintf("  ... the same %d times more, until +%s", times-1, humanize.Duration(last)),
			})
		}
		rest = rest[period*times:]
	}
	switch {
	case len(try.Steps) == 0:
		list = append(list, moment{at: try.ToMS, text: "  the balancer has no box for it"})
	case try.Outcome == metrics.Timeout && !tookUntil(try):
		list = append(list, moment{at: try.ToMS, text: "the client gives up"})
	case i+1 < len(t.Tries):
		list = append(list, moment{at: try.ToMS, text: "fails: " + humanize.Words(try.Outcome.String())})
	}
	return list
}

// repeats finds a round of steps that a try begins with and takes again and again, as who
// waits by looking does: how many steps it is of, and how many times it is taken. Two
// rounds are not worth a word.
func repeats(steps []metrics.Step) (period, times int) {
	for period = 1; period <= 4 && 3*period <= len(steps); period++ {
		times = 1
		for (times+1)*period <= len(steps) && sameSteps(steps[:period], steps[times*period:(times+1)*period]) {
			times++
		}
		if times > 2 {
			return period, times
		}
	}
	return 1, 1
}

// dearest is the step of a round that takes the most time.
func dearest(round []metrics.Step) *metrics.Step {
	most := &round[0]
	for i := range round {
		if s := &round[i]; s.ToMS-s.FromMS > most.ToMS-most.FromMS {
			most = s
		}
	}
	return most
}

// sameSteps reports whether two rounds differ in nothing but their times.
func sameSteps(a, b []metrics.Step) bool {
	return slices.EqualFunc(a, b, func(x, y metrics.Step) bool {
		return x.What == y.What && x.Key == y.Key && x.Where == y.Where && x.Result == y.Result && x.Beside == y.Beside
	})
}

// stepLine is the line of a step.
func stepLine(try *metrics.Try, s *metrics.Step) moment {
	text := stepText(s)
	m := moment{at: s.FromMS, until: s.ToMS, queued: s.QueuedMS, kind: partOf(s.What)}
	if s.ToMS > s.FromMS {
		text += ", for " + humanize.Duration(s.ToMS-s.FromMS)
	}
	switch {
	case s.Beside != "":
		text, m.beside = "(beside it, "+s.Beside+": "+text+")", true
	case s.FromMS > try.ToMS || s.FromMS == try.ToMS && s.ToMS > s.FromMS:
		text, m.beside = "(after the client has left or lost it: "+text+")", true
	}
	m.text = "  " + text
	return m
}

// tookUntil reports whether the last of a try's steps ended with it: then it was the
// strategy that gave up, and not the client.
func tookUntil(try *metrics.Try) bool {
	for i := range try.Steps {
		if s := &try.Steps[i]; s.ToMS > try.ToMS {
			return false
		}
	}
	return true
}

// ordinal writes 1 as first.
func ordinal(n int) string {
	words := [...]string{"first", "second", "third", "fourth", "fifth"}
	if n <= len(words) {
		return words[n-1]
	}
	return fmt.Sprintf("%dth", n)
}

// stepText is a step in words.
func stepText(s *metrics.Step) string {
	var text string
	switch s.What {
	case "queue":
		return fmt.Sprintf("%s: in the accept queue, %s", s.Where, s.Result)
	case "connect":
		return fmt.Sprintf("%s: its accept queue is full, %s", s.Where, s.Result)
	case "worker":
		return s.Where + ": a worker takes it"
	case "refused":
		return s.Where + ": " + s.Result
	case "cpu":
		text = "CPU time"
	case "wait":
		if text = "waits"; s.Result != "" {
			text += " for " + s.Result
		}
		return text
	case "join":
		if text = "waits for another's call in its box"; s.Result != "" {
			text += ", " + s.Result
		}
		return text
	case "await":
		return "waits for the load that it began beside it"
	case "front":
		return "front: " + s.Result
	case "load":
		text = "load of " + s.Key + " at the origin: " + s.Result
	case "write":
		text = "write of " + s.Key + " at the origin: " + s.Result
	default:
		text = "cache " + s.What + " " + s.Key
		if s.Where != "" {
			text += ", " + s.Where
		}
		if s.Result != "" {
			text += ": " + s.Result
		}
		if s.AgeMS != nil {
			text += ", " + humanize.Duration(*s.AgeMS) + " old"
		}
	}
	if s.QueuedMS > 0 {
		text += fmt.Sprintf(" (%s %s)", humanize.Duration(s.QueuedMS), queuedAt(s.What))
	}
	return text
}

// queuedAt says what the time in a queue was for.
func queuedAt(what string) string {
	switch what {
	case "cpu":
		return "of it before a core was free"
	case "load", "write":
		return "of it before a slot was free"
	}
	return "of it on the link"
}

// ending is how the request ended.
func (t timeline) ending() string {
	text := humanize.Words(t.Outcome.String())
	if t.AgeMS != nil {
		text += ", the value " + humanize.Latency(*t.AgeMS) + " old"
	}
	if t.StalenessMS != nil {
		text += ", superseded for " + humanize.Latency(*t.StalenessMS)
	}
	return text
}

// part is what took some of a request's time.
type part struct {
	name string
	ms   float64
}

// parts are what the latency is the sum of, in the order of their first share.
func (t timeline) parts() (list []part) {
	add := func(name string, ms float64) {
		if ms <= 0 {
			return
		}
		for i := range list {
			if list[i].name == name {
				list[i].ms += ms
				return
			}
		}
		list = append(list, part{name, ms})
	}
	end := 0.0
	for i := range t.Tries {
		try := &t.Tries[i]
		add("back-off", try.FromMS-end)
		end = try.ToMS
		rest := try.ToMS - try.FromMS
		for j := range try.Steps {
			took := try.Took(&try.Steps[j])
			add(partOf(try.Steps[j].What), took)
			rest -= took
		}
		if rest > 1e-6 {
			add("elsewhere", rest)
		}
	}
	if rest := t.LatencyMS - end; rest > 1e-6 {
		add("network", rest)
	}
	return list
}

// partOf is what a step is counted under.
func partOf(what string) string {
	switch what {
	case "connect":
		return "connecting"
	case "queue":
		return "accept queue"
	case "cpu":
		return "CPU"
	case "load", "write", "await":
		return "origin"
	case "wait", "join":
		return "waiting"
	case "front":
		return "front"
	}
	return "cache"
}

// sum is the latency as a sum.
func (t timeline) sum() string {
	text := "total " + humanize.Duration(t.LatencyMS)
	for i, p := range t.parts() {
		text += fmt.Sprintf("%s %s %s", [2]string{" +", " ="}[min(1, max(0, 1-i))], p.name, humanize.Duration(p.ms))
	}
	return text
}
