package metrics

import (
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// Record is one request, ended. Instants are counted from the start of the run.
//
// It is the only form in which the fleet, modelled or real, tells of a request. What a
// request is like from the beginning stands in the workload's Request alone, so that
// a new attribute of it passes through everything that has no use for it.
type Record struct {
	workloads.Request // as it was drawn; At is when it was to be sent

	Number int64 // of the request, from 1; 0 where nobody counts

	Sent time.Duration // when it was sent; later only where a generator fell behind
	Done time.Duration // when the client had its answer or gave up

	Outcome  Outcome
	Attempts int // 1 without retries

	Age       time.Duration // of the value served; negative where none was
	Staleness time.Duration // since the version served was superseded; negative if it was current

	Side Side // of the box that answered

	Owner int // whose page was served; 0 is nobody's
}

// Side says which of two releases answered a request while a deploy was on its way
// over the boxes.
type Side uint8

// The sides.
const (
	Alone Side = iota // all boxes had the same release
	Old
	New

	numSides int = iota
)

func (s Side) String() string { return [numSides]string{"", "old", "new"}[s] }

// ParseSide reads what String wrote; all else is Alone, which is what a server that is
// not the lab's says by its silence.
func ParseSide(text string) Side {
	for _, s := range []Side{Old, New} {
		if s.String() == text {
			return s
		}
	}
	return Alone
}

// leaked reports whether the page served was somebody else's.
func (r *Record) leaked() bool { return r.Owner != 0 && r.Owner != r.User }
