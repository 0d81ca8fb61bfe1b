package metrics

import "time"

// Record is one request, ended. Instants are counted from the start of the run.
type Record struct {
	Intended time.Duration // when it was to be sent
	Sent     time.Duration // when it was sent; later only where a generator fell behind
	Done     time.Duration // when the client had its answer or gave up

	Class    int // index into Config.Classes
	Outcome  Outcome
	Write    bool
	Past     bool // the class goes past the cache, and so counts in no hit ratio
	Attempts int  // 1 without retries

	Age       time.Duration // of the value served; negative where none was
	Staleness time.Duration // since the version served was superseded; negative if it was current

	Side Side // of the box that answered

	User, Owner int // who asked, and whose page was served; 0 is nobody
}

// Side says which release answered while a deploy was on its way over the boxes;
// the numbers are those of world.Side.
type Side uint8

// The sides.
const (
	Alone Side = iota // all boxes had the same release
	Old
	New

	numSides int = iota
)
