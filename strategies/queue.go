package strategies

import "context"

// queue is the way of a loser who waits for the lock itself, without limit, as
// redis-py's lock does with blocking_timeout=None: it sleeps for poll, asks
// again, and looks at nothing else meanwhile. Who comes first is chance.
//
// Those who queue have the lock one after another. An owner that looks into the
// store once more, as ours does, finds the value of the first; one that does
// not computes it anew, and N who came together take N loads in a row:
//
//	A: lock, load, unlock, set
//	B: .................. lock, load, unlock, set
//	C: ..................................... lock, load, ...
func (g *guard) queue(ctx context.Context, key, token string) (Result, error) {
	for {
		if err := g.clock.Sleep(ctx, g.cfg.poll); err != nil {
			return Result{Outcome: Timeout}, err
		}
		got, err := g.take(ctx, key, token)
		switch {
		case err != nil:
			return g.past(ctx, key, err)
		case got:
			return g.compute(ctx, key, token, true)
		}
	}
}
