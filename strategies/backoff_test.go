package strategies

import (
	"fmt"
	"testing"
	"time"
)

func TestPauses(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	p := newAttempts(0, 100*time.Millisecond, 250*time.Millisecond)
	for _, c := range []struct {
		ms    int
		fails bool // a load of k ends, badly, at this instant
		ends  bool // one ends well
		holds bool // just after it
	}{
		{0, false, false, false},
		{0, true, false, true},
		{50, true, false, true}, // began together with the first: no pause of its own
		{99, false, false, true},
		{100, false, false, false},
		{100, true, false, true}, // the second: 200 ms
		{299, false, false, true},
		{300, false, false, false},
		{300, true, false, true}, // the third: 250 ms and not 400
		{549, false, false, true},
		{550, false, false, false},
		{550, true, false, true},
		{600, false, true, false},
		{600, true, false, true}, // the first again
		{700, false, false, false},
	} {
		if c.fails {
			p.failed("k", at(c.ms))
		}
		if c.ends {
			p.succeeded("k")
		}
		if got := p.holds("k", at(c.ms)); got != c.holds {
			t.Errorf("at %d ms: holds %v", c.ms, got)
		}
		if p.holds("other", at(c.ms)) {
			t.Errorf("at %d ms: another key pauses", c.ms)
		}
	}
}

// Keys that nobody asks for any more are forgotten.
func TestPausesAreBounded(t *testing.T) {
	p := newAttempts(0, time.Second, time.Minute)
	for i := range 100_000 {
		p.failed(fmt.Sprint(i), time.Unix(int64(i), 0))
	}
	if len(p.pauses) > 1024 {
		t.Errorf("%d keys are remembered, of which the last 61 matter", len(p.pauses))
	}
}
