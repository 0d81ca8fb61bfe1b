package metrics

import "time"

// waits are the response times of a set of requests, those that failed apart: a
// request that is refused at once has no fast answer, it has none. A quantile over
// both would rank the strategy best that refuses most.
type waits struct {
	usable histogram // until the answer came
	failed histogram // until the client knew that there was none

	// lost is what a failure counts as where it is set against an answer: the client's
	// time-out, which a user who gets no answer waits at least, or the time until it
	// failed where that was longer.
	lost histogram
}

// newWaits returns times that are kept to so many digits.
func newWaits(digits int) waits {
	return waits{usable: newHistogram(digits), failed: newHistogram(digits), lost: newHistogram(digits)}
}

// add files a request whose client gives up after timeout.
func (w *waits) add(r *Record, timeout time.Duration) {
	took := r.Done - r.At
	if !r.Outcome.Failed() {
		w.usable.add(took)
		return
	}
	w.failed.add(took)
	w.lost.add(max(took, timeout))
}

// merge adds those of another set, which must have none in common with it.
func (w *waits) merge(other *waits) {
	w.usable.merge(&other.usable)
	w.failed.merge(&other.failed)
	w.lost.merge(&other.lost)
}

// effective are the times as the users of the set have them: of usable answers as they
// were, and of failures as what they count as.
func (w *waits) effective() *histogram {
	if w.lost.n == 0 {
		return &w.usable
	}
	all := newHistogram(w.usable.digits)
	all.merge(&w.usable)
	all.merge(&w.lost)
	return &all
}
