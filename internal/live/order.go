package live

import (
	"net/url"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// The words between the lab and a generator that is a process of its own: gob
// values, in order. The lab says order, and then picked whenever it was asked
// for a box; closing the pipe says stop. The generator says news until it has
// said Report.

// order is the traffic, and whom to send it to.
type order struct {
	Client    world.ClientConfig
	LateAfter time.Duration
	Seed      [2]uint64 // of the back-offs
	Boxes     []*url.URL
	Front     *frontWay // to which all goes; nil without
	Ask       bool      // the balancer chooses: ask it for every box; else they take turns
	Requests  []world.Request
}

// question asks which box a request of a key is to go to.
type question struct {
	Number uint64
	Key    string
}

// picked is the answer to a question for a box.
type picked struct {
	Question uint64
	Box      int // -1: all are ejected
}

// news is what happened since the last. Most of it is empty.
type news struct {
	Started int64 // when time began, in nanoseconds of the Unix epoch
	Asked   []question
	Trouble []int // boxes that made a client wait for too long
	Endings []ending
	Report  *metrics.Generator // the last word
	Broken  string             // why it could not be done
}

func (n *news) empty() bool {
	return n.Started == 0 && len(n.Asked)+len(n.Trouble)+len(n.Endings) == 0 && n.Report == nil
}
