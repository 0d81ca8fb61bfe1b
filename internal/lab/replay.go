package lab

import (
	"errors"
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
	day   = 24 * time.Hour

	manyUnread = 0.1 // of the requests are writes of keys that nobody reads: hardly those of forms
)

// TraceLength reads a trace to its end and returns how long its replay takes,
// rounded up to a second. A trace that cannot be replayed, all of it, is an error.
func TraceLength(t *workloads.Trace, from *workloads.Recordings) (time.Duration, error) {
	const ever = 400 * day
	w, err := from.New(1, ever, []workloads.Class{{Class: "trace", Trace: t}})
	if err != nil {
		return 0, err
	}
	defer w.Close()
	if err := w.Open(); errors.Is(err, trace.ErrStopped) {
		return 0, ErrStopped
	}
	var last time.Duration
	for r := range w.All() {
		if from.Stop != nil && from.Stop() {
			return 0, ErrStopped
		}
		last = r.At
	}
	if stats := w.TraceStats()[0]; w.Err() == nil && stats.Cut > 0 {
		return 0, fmt.Errorf("%s:%d:1: a request %s after the one before it, and a replay lasts up to 400 days: if the times are of two clocks, make them one; else remove what lies apart, or raise --speed",
			stats.GapFile, stats.GapLine, comes(stats.Gap))
	}
	return last.Truncate(time.Second) + time.Second, w.Err()
}

// comes says by how much a request is later.
func comes(gap time.Duration) string {
	if gap < 2*day {
		return fmt.Sprintf("comes %v", gap)
	}
	return fmt.Sprintf("comes %d days", gap/day)
}

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
	if t.Unsized > 0 && class.Size == nil && class.Cache != world.NoCache {
		warn("no line says how large the values of %d of %d keys are (304, HEAD and parts do not): they have %d bytes; size of the class says it", t.Unsized, t.Keys, t.UsualSize)
	}
	if s := class.Trace.Speed; s != 0 && s != 1 {
		warn("it is replayed %g times as fast, and the lives and waits of strategies are not: a ttl of 10m lasts as long as %v of the trace, as if there were %g times the users. For the trace's own hit ratio divide them by as much (--set)",
			s, time.Duration(600*s)*time.Second, s)
	}
	return warnings
}
