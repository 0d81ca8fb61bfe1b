package workloads

import (
	"math/bits"
	"time"
)

// volley is a number of requests evenly spread over a time: request k, from 0,
// comes at + k over/requests, rounded down, so that the last is before at + over
// and an over of zero is all at once.
type volley struct {
	at, over time.Duration
	requests uint64
}

var _ pacer = volley{}

// pacer is the burst in a class that begins at from.
func (b Burst) pacer(from time.Duration) volley {
	return volley{at: b.At - from, over: b.Over, requests: uint64(b.Requests)}
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

// rate is zero for requests that come all at once: no number would be right.
func (v volley) rate(at time.Duration) float64 {
	if at < v.at || at >= v.at+v.over {
		return 0
	}
	return float64(v.requests) / v.over.Seconds()
}
