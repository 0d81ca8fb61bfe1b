package live

import (
	"bufio"
	"encoding/gob"
	"io"
	"sync"
	"time"
)

// gathering is how long news may wait for more of them.
const gathering = 5 * time.Millisecond

// teller passes news on, many at a time.
type teller struct {
	say    *gob.Encoder
	to     *bufio.Writer
	failed func(error) // nobody listens

	mu      sync.Mutex
	pending news

	now   chan struct{}
	leave chan struct{}
	done  chan struct{}
}

func newTeller(w io.Writer, failed func(error)) *teller {
	t := &teller{
		to: bufio.NewWriter(w), failed: failed,
		now: make(chan struct{}, 1), leave: make(chan struct{}), done: make(chan struct{}),
	}
	t.say = gob.NewEncoder(t.to)
	go t.run()
	return t
}

// tell adds to the news.
func (t *teller) tell(add func(*news)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	add(&t.pending)
}

// hurry has the news passed on at once.
func (t *teller) hurry() {
	select {
	case t.now <- struct{}{}:
	default: // it is already told so
	}
}

// close returns when all is passed on.
func (t *teller) close() {
	close(t.leave)
	<-t.done
}

func (t *teller) run() {
	defer close(t.done)
	tick := time.NewTicker(gathering)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-t.now:
		case <-t.leave:
			t.pass()
			return
		}
		t.pass()
	}
}

func (t *teller) pass() {
	t.mu.Lock()
	n := t.pending
	t.pending = news{}
	t.mu.Unlock()
	if n.empty() {
		return
	}
	err := t.say.Encode(&n)
	if err == nil {
		err = t.to.Flush()
	}
	if err != nil {
		t.failed(err)
	}
}
