package metrics

// Timeline is one request as it went, step by step. Times are in ms and count from its
// arrival, but for AtMS, which is on the run's clock.
type Timeline struct {
	Number int64  `json:"number"` // among the requests of the run, from 1 in the order of their arrival
	Why    string `json:"why"`    // it is shown, in words

	Class string `json:"class"`
	Key   string `json:"key"` // empty of a bystander
	Write bool   `json:"write,omitempty"`

	AtMS        float64  `json:"at_ms"`
	LatencyMS   float64  `json:"latency_ms"`
	Outcome     Outcome  `json:"outcome"`
	AgeMS       *float64 `json:"age_ms"`       // of the value served; null without one
	StalenessMS *float64 `json:"staleness_ms"` // since that was superseded; null where it was current

	Tries []Try `json:"tries"`
}

// Try is one attempt at a request. What is between two of them is the client's back-off,
// and what is after the last one is the way of the answer.
type Try struct {
	FromMS  float64 `json:"from_ms"`
	ToMS    float64 `json:"to_ms"` // the client has an answer, or gives up
	Outcome Outcome `json:"outcome"`

	// Steps are in the order in which they begin. One may begin or end after the try has:
	// a box is not told that its client left, and a refresh outlives the answer.
	Steps []Step `json:"steps"`
}

// Step is something that takes a try's time, or would.
type Step struct {
	What   string  `json:"what"`            // queue, refused, worker, cpu, get, set, delete, lock, unlock, load, write, wait, join (another's call), await (the load beside it), front
	Key    string  `json:"key,omitempty"`   // of what is asked for
	Where  string  `json:"where,omitempty"` // box 0, node 1
	FromMS float64 `json:"from_ms"`
	ToMS   float64 `json:"to_ms"`

	// QueuedMS is the part of it that was spent in a queue: for a core, or for a slot of the
	// origin. Of an operation of the cache it is the time on the node's link.
	QueuedMS float64 `json:"queued_ms,omitempty"`

	Result string   `json:"result,omitempty"` // in words
	AgeMS  *float64 `json:"age_ms,omitempty"` // of the value that a read found

	// Beside is the process that takes the step, where it is not the worker that has the
	// request: the step takes none of the request's time.
	Beside string `json:"beside,omitempty"`
}

// Took is how much of the try's time the step took: none of it beside the worker, and
// none after the client left.
func (t *Try) Took(s *Step) float64 {
	if s.Beside != "" {
		return 0
	}
	return max(0, min(s.ToMS, t.ToMS)-max(s.FromMS, t.FromMS))
}
