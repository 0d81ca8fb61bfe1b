package strategies

import (
	"context"
)

// miss answers a request that found nothing: it asks for the lease, at every
// poll, until it has it or another's value is there. Whoever may have what a
// write has just taken away does not wait.
func (l *Leased) miss(ctx context.Context, key string) (Result, error) {
	token, begun := l.dice.token(), l.clock.Now()
	for waited := false; ; waited = true {
		got, err := l.ask(ctx, key, token)
		now := l.clock.Now()
		switch {
		case err != nil:
			return l.past(ctx, key, err)
		case got.Token != "":
			return l.compute(ctx, key, got.Token)
		case got.Found && waited:
			return served(&got.Entry, Coalesced), nil
		case got.Found:
			return served(&got.Entry, FreshHit), nil
		case !got.Retired.IsZero() && got.Retired.Age(now) < l.cfg.KeepDeleted && youngerThan(&got.Entry, now, l.cfg.TTL):
			return served(&got.Entry, StaleHit), nil
		}
		pause, left := pollPause(now, begun, l.cfg.Wait, l.cfg.Poll, l.dice.below(l.cfg.Poll))
		switch {
		case !left && l.cfg.Then == thenLoad:
			return l.loadOnly(detached(ctx), key)
		case !left:
			return Result{Outcome: ColdFailure}, ErrColdCache
		}
		if err := l.clock.Sleep(ctx, pause); err != nil {
			return Result{Outcome: Timeout}, err
		}
	}
}

// ask asks for the lease of key. It is not cancelled with the caller, who would
// not know then whether he has it. An entry that the store has kept for longer
// than it was told to is in the way of every lease: it is taken away.
func (l *Leased) ask(ctx context.Context, key, token string) (Lease, error) {
	owner := detached(ctx)
	got, err := l.with.Lease(owner, key, token, l.cfg.Lease)
	if err == nil && got.Found && !youngerThan(&got.Entry, l.clock.Now(), l.cfg.TTL) {
		if err := l.retire(owner, key, 0); err != nil {
			return Lease{}, err
		}
		if got, err = l.with.Lease(owner, key, token, l.cfg.Lease); got.Found {
			got.Found = youngerThan(&got.Entry, l.clock.Now(), l.cfg.TTL)
		}
	}
	switch {
	case err != nil:
		return Lease{}, l.storeFailed(owner, "lease", key, err)
	case got.Token != "" && ctx.Err() != nil:
		_ = l.retire(owner, key, l.cfg.KeepDeleted)
		return Lease{}, context.Cause(ctx)
	}
	return got, nil
}

// compute answers as the one who has the lease. If the load ends without a value,
// or nobody knows what became of the set, the lease is given back by taking it
// away: nobody else would be given it for as long as it lives. Should it have gone
// to another who has stored meanwhile, his value goes with it, which costs one
// more load.
//
// The load is not cancelled with the caller: others wait for it.
func (l *Leased) compute(ctx context.Context, key, token string) (Result, error) {
	owner := detached(ctx)
	ended := false
	defer func() {
		if !ended {
			_ = l.retire(owner, key, l.cfg.KeepDeleted)
		}
	}()
	e, err := l.load(owner, key, false)
	if err != nil {
		return failure(ctx, OriginFailure, err)
	}
	stored, err := l.with.SetLeased(owner, key, token, e, l.kept)
	switch ended = err == nil; {
	case err != nil:
		_ = l.storeFailed(owner, "set", key, err)
	case !stored:
		l.discarded.Add(1)
	}
	return served(&e, Computed), nil
}
