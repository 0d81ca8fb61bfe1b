package live

import (
	"context"
	"encoding/gob"
	"sync"
	"sync/atomic"
)

// balanced is how a generator in a process of its own chooses boxes: in turns, or
// by asking the balancer, which sees what goes on in them.
type balanced struct {
	ctx    context.Context
	teller *teller
	ask    bool
	boxes  uint64
	turn   atomic.Uint64

	mu        sync.Mutex
	questions uint64
	waiting   map[uint64]chan int
}

func newBalanced(ctx context.Context, o order, t *teller) *balanced {
	return &balanced{ctx: ctx, teller: t, ask: o.Ask, boxes: uint64(len(o.Boxes)), waiting: make(map[uint64]chan int)}
}

// listen passes the answers on. It calls stop when there will be no more.
func (b *balanced) listen(hear *gob.Decoder, stop func()) {
	defer stop()
	for {
		var p picked
		if hear.Decode(&p) != nil {
			return
		}
		b.mu.Lock()
		answer := b.waiting[p.Question]
		delete(b.waiting, p.Question)
		b.mu.Unlock()
		if answer != nil {
			answer <- p.Box
		}
	}
}

func (b *balanced) pick(key string) (box int, ok bool) {
	if !b.ask {
		return int(b.turn.Add(1) % b.boxes), true
	}
	answer := make(chan int, 1)
	b.mu.Lock()
	b.questions++
	asked := question{b.questions, key}
	b.waiting[asked.Number] = answer
	b.mu.Unlock()
	b.teller.tell(func(n *news) { n.Asked = append(n.Asked, asked) })
	b.teller.hurry()
	select {
	case box = <-answer:
		return box, box >= 0
	case <-b.ctx.Done():
		return 0, false
	}
}

func (b *balanced) trouble(box int) {
	b.teller.tell(func(n *news) { n.Trouble = append(n.Trouble, box) })
}
