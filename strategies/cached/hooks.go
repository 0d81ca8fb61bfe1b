package cached

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/striped"
	"github.com/herdlab/herdlab/strategies"
)

// Hooks hear of what a function does, with the context of the request that it does it
// for: a trace, a logger. They are called by many requests at once, before these go on,
// and must return soon. Each may be nil.
type Hooks struct {
	// Answered hears of every answer, also of a box's own copy.
	Answered func(context.Context, Answer)

	// Loaded hears of every call of the function.
	Loaded func(context.Context, Load)

	// Stored hears of every operation of the store and of its locks.
	Stored func(context.Context, Operation)
}

// Logged are hooks that log what fails, with the context of the request: a load as an
// error, since somebody got none or an old result, and an operation of the store as a
// warning, since it was survived. One that ended with its request's context is no failure.
func Logged(l *slog.Logger) Hooks {
	return Hooks{
		Loaded: func(ctx context.Context, x Load) {
			if x.Err != nil && ctx.Err() == nil {
				l.ErrorContext(ctx, "load failed", "func", x.Func, "results", x.Results, "took", x.Took, "err", x.Err)
			}
		},
		Stored: func(ctx context.Context, x Operation) {
			if x.Err != nil && ctx.Err() == nil {
				l.WarnContext(ctx, "cache failed", "op", x.Op, "key", x.Key, "took", x.Took, "err", x.Err)
			}
		},
	}
}

// Level is where an answer came from.
type Level uint8

// The levels, from near to far.
const (
	Local  Level = iota // the box's own copy
	Shared              // the store
	Origin              // the function
)

// String is the level as metrics and logs name it.
func (l Level) String() string { return [...]string{"local", "shared", "origin"}[l] }

// Answer is how a Get was answered.
type Answer struct {
	Func    string
	Key     string // empty where the box's own copy answered, which goes by no key
	Level   Level
	Outcome strategies.Outcome
	Stored  strategies.Instant // when the value entered the cache; zero if there is none
	Took    time.Duration      // zero where the box's own copy answered
	Err     error              // what the caller got; nil for what is not found
}

// Load is a call of the function.
type Load struct {
	Func    string
	Results int // that it was called for
	Took    time.Duration
	Err     error
}

// Operation is one of the store: get, set, delete, lock, unlock.
type Operation struct {
	Op, Key string
	Took    time.Duration
	Yes     bool // an entry was found, a lock was taken or freed, a value was stored
	Err     error
}

// teller counts what a function answers, and tells of it.
type teller struct {
	name     string
	hooks    Hooks
	local    striped.Count // answers of the box's own copies
	outcomes [strategies.NumOutcomes]striped.Count
}

// answered counts an answer and tells of it. It is all that stands between a hit of the
// box's own copy and its caller, and so does nothing that nobody asked for.
func (t *teller) answered(ctx context.Context, a Answer, err error) {
	a.Func, a.Err = t.name, err
	if errors.Is(err, ErrNotFound) {
		a.Err = nil
	}
	// A result that is not found is one like others: to count it as a failure would have an
	// alarm rung by a crawler.
	switch {
	case a.Level == Local:
		t.local.Add()
	case int(a.Outcome) < len(t.outcomes):
		t.outcomes[a.Outcome].Add()
	}
	// A look into a context costs more the more values it holds, and there is no other way to
	// know: 5 to 50 ns where a server has put in its own.
	if trace, ok := ctx.Value(traceKey{}).(*Trace); ok {
		trace.add(a)
	}
	if t.hooks.Answered != nil {
		t.hooks.Answered(ctx, a)
	}
}

// Stats counts the answers of a function. A snapshot: two of them can be subtracted.
type Stats struct {
	Local    int64                         // by the box's own copy
	Outcomes [strategies.NumOutcomes]int64 // of the rest
}

// stats are the counts so far. They are read one after the other, so that an answer that is
// given meanwhile may be in one and not in its neighbour.
func (t *teller) stats() (s Stats) {
	s.Local = t.local.Sum()
	for o := range t.outcomes {
		s.Outcomes[o] = t.outcomes[o].Sum()
	}
	return s
}

// HitRatio is the share of the answers that needed no load and no waiting for one, and
// false if there were none.
func (s Stats) HitRatio() (ratio float64, ok bool) {
	hits, all := s.Local+s.Outcomes[strategies.FreshHit]+s.Outcomes[strategies.StaleHit], s.Local
	for _, n := range s.Outcomes {
		all += n
	}
	return float64(hits) / float64(max(1, all)), all > 0
}

// traceKey is the place of a trace in a context.
type traceKey struct{}

// Trace is the answers that one request has had.
type Trace struct {
	mu      sync.Mutex
	answers []Answer
}

// WithTrace has the answers collected that are given under the returned context: those
// that one request was made of, to be shown in a header or logged where it was slow. A
// refresh in the background is nobody's answer and not among them.
func WithTrace(ctx context.Context) (context.Context, *Trace) {
	t := new(Trace)
	return context.WithValue(ctx, traceKey{}, t), t
}

// add is called by all that a request does at once.
func (t *Trace) add(a Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers = append(t.answers, a)
}

// Answers are the answers so far, in their order.
func (t *Trace) Answers() []Answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Answer(nil), t.answers...)
}

// CacheStatus is the answers so far as the value of a header Cache-Status (RFC 9211), the
// nearest to the origin first only if they were asked in that order. Names and keys are
// quoted, as the RFC has it for what is no token; keys hold nothing that a quote would
// have to be put before. An answer of the box's own copy has no key. Set the header before
// the first byte of the body, and not for the public: it tells what the keys are.
func (t *Trace) CacheStatus() string {
	var all []string
	for _, a := range t.Answers() {
		s := fmt.Sprintf("%q", a.Func)
		switch a.Outcome {
		case strategies.FreshHit:
			s += "; hit"
		case strategies.StaleHit:
			s += "; hit; detail=stale"
		case strategies.Computed:
			s += "; fwd=miss; stored"
		case strategies.Coalesced:
			s += "; fwd=miss; collapsed"
		default:
			s += "; fwd=miss; detail=" + a.Outcome.String()
		}
		if a.Key != "" {
			s += fmt.Sprintf("; key=%q", a.Key)
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

// outcomeOf is the outcome of a call past the cache, which has no strategy to name it.
func outcomeOf(err error) strategies.Outcome {
	if err != nil {
		return strategies.OriginFailure
	}
	return strategies.Computed
}
