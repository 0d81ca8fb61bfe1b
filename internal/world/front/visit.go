package front

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// Visit is a request at the front. It is used again when it has ended and no
// timer of it is left.
type Visit struct {
	attempt Attempt
	name    string // of the page
	stage   stage
	timers  int  // set, whose call is to come
	holds   bool // its connections
	left    bool // its client gave up
	ended   bool
	writes  bool

	said    tier.Answer      // by the cache
	entry   strategies.Entry // of the page that is served
	outcome metrics.Outcome  // of what the front answers

	fill // what it does for an HTTP cache

	step, expire func()
}

// stage is what a visit waits for:
//
//	asking -> answering                 a hit
//	asking -> queued -> ... -> atBox    a miss, perhaps after others' answers
//	hanging -> asking, or -> atBox      the cache goes on, or the time-out strikes
//
// An HTTP cache is not asked: a visit begins with what comes after that.
type stage uint8

const (
	asking    stage = iota // the cache's answer, which is under way
	hanging                // an answer that may never come
	queued                 // another's answer from a box
	atBox                  // a box
	answering              // nothing: it is to be answered
)

// fill is what a visit does for an HTTP cache.
type fill struct {
	page   *kept     // nil: none of its business
	waits  time.Time // since when it has waited for others, or until when; zero is not at all
	old    bool      // there is a page that may be served if no other can be had: v.entry
	stores bool      // its answer is kept
	fills  bool      // others wait for it
	alone  bool      // it waits for nobody any more
	again  bool      // it asks whether an old page, or one that another did not get, can be had now
	locked time.Time
	sent   time.Time // to a box
}

// waited reports whether v waited for another's answer.
func (v *Visit) waited() bool { return !v.waits.IsZero() }

// hit is what a fresh page is to v.
func (v *Visit) hit() metrics.Outcome {
	if v.waited() {
		return metrics.Coalesced
	}
	return metrics.FreshHit
}

// answered is what the front says to v.
func (v *Visit) answered() Answer {
	v.stage = answering
	if v.outcome.Failed() {
		return Answer{Outcome: v.outcome}
	}
	return Answer{Outcome: v.outcome, Entry: v.entry}
}
