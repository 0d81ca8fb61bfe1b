package lab

import (
	"fmt"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/workloads"
	"github.com/herdlab/herdlab/workloads/trace"
)

const (
	shown = 3 // bad lines of a file that are quoted, at most
	many  = 5 // files, methods or columns that are named, at most

	manyTracked = 0.05 // of the keys have a parameter by which clicks are counted

	manyUnread = 0.1 // of the requests are writes of keys that nobody reads: hardly those of forms
)

// traceWarnings are what a reader of the figures has to know of a trace.
func traceWarnings(t workloads.TraceStats, class *workloads.Class) (warnings []string) {
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	for _, f := range t.Files[:min(many, len(t.Files))] {
		if f.Bad > 0 {
			warn("%s: %d of %d lines did not parse and were left out", f.File, f.Bad, f.Lines)
		}
		for _, b := range f.FirstBad[:min(shown, len(f.FirstBad))] {
			warn("%s:%d:%d: %s", f.File, b.Line, b.Column, b.Reason)
		}
		if f.Lines == 0 {
			warn("%s: there is no request in it", f.File)
		}
		if f.Back > 0 {
			warn("%s: %d requests are earlier than one before them by more than a minute (line %d is the first), as of logs that were put together; all are replayed in the order of their times",
				f.File, f.Back, f.BackLine)
		}
		if len(f.Unused) > 0 {
			warn("%s: not looked at: %s", f.File, listed("column", f.Unused))
		}
		if f.NoZone && (len(t.Files) > 1 || f.Back > 0) {
			warn("%s: its times have no zone and are taken for UTC: beside files with one they may be hours away, and an hour that a change to winter time repeats is mixed with itself", f.File)
		}
	}
	if n := len(t.Files) - many; n > 0 {
		warn("and %s of the trace, of which nothing is said here", humanize.Plural(n, "file", "files"))
	}
	return append(warnings, contentWarnings(t, class)...)
}

// listed names the first few.
func listed(what string, names []string) string {
	text := what
	if len(names) > 1 {
		text += "s"
	}
	text += " " + strings.Join(names[:min(many, len(names))], ", ")
	if n := len(names) - many; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// setsOf is how many of the requests are sets of a cache.
func setsOf(methods []trace.Count) (n int64) {
	for _, m := range methods {
		if strings.EqualFold(m.Name, "set") {
			n += m.N
		}
	}
	return n
}

// contentWarnings are what to know of the requests themselves.
func contentWarnings(t workloads.TraceStats, class *workloads.Class) (warnings []string) {
	warn := func(format string, args ...any) {
		warnings = append(warnings, fmt.Sprintf("%s: ", t.Files[0].File)+fmt.Sprintf(format, args...))
	}
	if t.Cut > 0 {
		warn("the run ends before the trace does, and %d of its %d requests were not replayed", t.Cut, t.Requests)
	}
	if span := t.Last.Sub(t.First); t.Gap > span/2 {
		warn("no request comes for %v, of %v in all, before %s:%d: the replay waits as long", t.Gap.Round(time.Second), span.Round(time.Second), t.GapFile, t.GapLine)
	}
	for _, m := range t.Skipped {
		warn("left out: %d %s, which is neither a read nor a write; to replay it, name it in the trace's reads or writes", m.N, m.Name)
	}
	if class.Cache == world.NoCache && len(class.Trace.Reads) > 0 {
		warn("no cache is asked for its %d requests by %s: each is computed, as a query that is posted is. If they are writes, replay it from a scenario, with trace: {file: %s}",
			t.Requests, strings.Join(class.Trace.Reads, " and "), class.Trace.File)
	}
	if t.Writes == t.Requests {
		warn("no request reads, and a cache answers none: all %d are writes. Name what asks for a page in the trace's reads, such as reads: [POST] where queries are posted, with cache: none if no cache may answer them", t.Requests)
	}
	if share := float64(t.Unread) / float64(t.Requests); t.Writes < t.Requests && share >= manyUnread {
		warn("%s of the requests are writes of keys that nobody reads: they cost the origin a write and no cache anything. If they ask for something, as queries that are posted do, make a class of them: only: [POST], reads: [POST] and cache: none", humanize.Percent(share))
	}
	if sets := setsOf(t.Methods); t.Writes < t.Requests && float64(sets) >= manyUnread*float64(t.Requests) {
		warn("%d of %d requests are set, each of which makes the copies of its key void; if they are the cache's own, after a miss, add skip: [set] to the trace", sets, t.Requests)
	}
	if share := float64(t.Tracked) / float64(t.Keys); share >= manyTracked {
		var names []string
		for _, p := range t.Tracking {
			names = append(names, p.Name)
		}
		warn("%s of the keys differ by %s, by which clicks are counted and no page differs: a cache that leaves them out is ignore_query: [%s] of the trace", humanize.Percent(share), listed("parameter", names), strings.Join(names[:min(many, len(names))], ", "))
	}
	if t.TTL > 0 {
		warn("the ttls that its lines state (median %v) are not looked at: values live as long as the strategies have them", t.TTL)
	}
	if t.Unsized > 0 && class.Size == nil && class.Cache != world.NoCache {
		warn("no line says how large the values of %d of %d keys are (304, HEAD and parts do not): they have %d bytes; size of the class says it", t.Unsized, t.Keys, t.UsualSize)
	}
	if s := class.Trace.Speed; s != 0 && s != 1 {
		warn("it is replayed %g times as fast, and the lives and waits of strategies are not: a ttl of 10m lasts as long as %v of the trace, as if there were %g times the users. For the trace's own hit ratio divide them by as much (--set)",
			s, time.Duration(600*s)*time.Second, s)
	}
	return warnings
}
