package workloads

import (
	"cmp"
	"math/bits"
	"time"
)

// Burst is a number of requests evenly spread over a time.
type Burst struct {
	At       time.Duration `yaml:"at" default:"0s" min:"0s" doc:"when the first request arrives, from the start of the run"`
	Requests int           `yaml:"requests" required:"true" min:"1" max:"1000000000" doc:"how many"`
	Over     time.Duration `yaml:"over" default:"0s" min:"0s" doc:"time over which they are spread; 0 is all at once"`
}

func (b *Burst) check(c Class) error {
	return cmp.Or(
		refuse(b.Requests < 1, "burst.requests", "%d requests are no burst", b.Requests),
		refuse(b.Over < 0, "burst.over", "%v is negative", b.Over),
		refuse(b.At < c.From, "burst.at", "the burst begins at %v, and its class at %v", b.At, c.From),
	)
}

// pacers is the burst, and the rate that it comes beside: the rate goes first, so
// that where both have a request at one instant the order is fixed.
func (b *Burst) pacers(c Class, _ time.Duration) (list []pacer) {
	if c.Rate > 0 {
		list = append(list, steady(c.Rate))
	}
	return append(list, volley{at: b.At - c.From, over: b.Over, requests: uint64(b.Requests)})
}

// volley is a number of requests evenly spread over a time: request k, from 0,
// comes at + k over/requests, rounded down, so that the last is before at + over
// and an over of zero is all at once.
type volley struct {
	at, over time.Duration
	requests uint64
}

func (v volley) reach(hits float64, _ time.Duration) (time.Duration, bool) {
	k := uint64(hits)
	if k >= v.requests {
		return 0, false
	}
	hi, lo := bits.Mul64(k, uint64(v.over))
	since, _ := bits.Div64(hi, lo, v.requests)
	return v.at + time.Duration(since), true
}

func (v volley) expected(at time.Duration) float64 {
	switch {
	case at < v.at:
		return 0
	case at >= v.at+v.over:
		return float64(v.requests)
	}
	return float64(v.requests) * (at - v.at).Seconds() / v.over.Seconds()
}
