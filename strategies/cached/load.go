package cached

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// callKey is the place of a call in a context. A strategy hands a loader the key alone;
// the arguments go past it with the context, as does what the load finds out.
type callKey struct{}

// call is one Get on its way through the strategy. A refresh in the background may still
// load when the Get has been answered: result and form are written by the first load
// alone, which a Get that is answered by Computed has made itself.
type call[A comparable, V any] struct {
	id    arguments[A]
	batch *batch[A, V] // of a GetMany; else nil

	mu     sync.Mutex
	done   bool
	result result[V]
	form   form
}

// take is what the batch has read for key, see [batch.take].
func (c *call[A, V]) take(key string) (e strategies.Entry, found, looked bool) {
	if c.batch == nil {
		return e, false, false
	}
	return c.batch.take(key)
}

// loaded is what the call has loaded, if it has.
func (c *call[A, V]) loaded() (r result[V], f *form, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.result, &c.form, c.done
}

// noteKey is the place of a note in the context of a load.
type noteKey struct{}

// note is what a function says of the result that it loads.
type note struct {
	mu   sync.Mutex
	life time.Duration
	tags []string
}

func noteOf(ctx context.Context) *note {
	n, _ := ctx.Value(noteKey{}).(*note)
	return n
}

// Life ends the life of what the function loads now after d, if that is before the
// strategy's bounds: an offer that ends at midnight. Of several the shortest counts. In a
// function that loads several results at once it is that of all.
func Life(ctx context.Context, d time.Duration) {
	if n := noteOf(ctx); n != nil && d > 0 {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.life == 0 || d < n.life {
			n.life = d
		}
	}
}

// Tag names what the result that the function loads now depends on, for
// [Func.PurgeTag]. Outside of a load it does nothing, as Life does.
func Tag(ctx context.Context, tags ...string) {
	if n := noteOf(ctx); n != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.tags = append(n.tags, tags...)
	}
}

// loadKey is what the strategy calls. Where no call of ours is behind it, as in a
// publisher's worker, the arguments are read from the key.
func (f *Func[A, V]) loadKey(ctx context.Context, key string) (strategies.Value, error) {
	c, ours := ctx.Value(callKey{}).(*call[A, V])
	// Of the arguments a context has, only those that make this key are the key's.
	// The context of a call lives on in all that is done for it, and a strategy may do
	// something for another key there.
	if ours {
		if at, err := f.keys.of(c.id.args, c.id.variant); err != nil || at != key {
			ours = false // a strategy that loads another key as well
		}
	}
	if !ours {
		args, variant, err := f.keys.args(key)
		if err != nil {
			return strategies.Value{}, err
		}
		c = &call[A, V]{id: arguments[A]{args, variant}}
	}
	r, form, err := f.loadShared(ctx, c, key)
	if err != nil {
		return strategies.Value{}, err
	}
	// The first load is the one that this Get waits for, if it waits for any: a refresh that
	// it has set off begins later.
	c.mu.Lock()
	if !c.done {
		c.done, c.result, c.form = true, r, form
	}
	c.mu.Unlock()
	return strategies.Value{Data: form.marshal()}, nil
}

// loadShared is loadForm, one at a time for a key: whoever comes meanwhile waits for that one.
// A strategy may load a key twice at once, and with reason: what it refreshes in the
// background comes to the end of its own life, and a caller will have it at once. One that
// began before the key was purged is not joined, since it may have read what was there
// before the write.
func (f *Func[A, V]) loadShared(ctx context.Context, c *call[A, V], key string) (r result[V], form form, err error) {
	mine := &flight[V]{ended: f.clock.NewEvent(strategies.AnothersCall), begun: strategies.At(f.clock.Now())}
	other := f.loading.board(key, mine, func(begun strategies.Instant) bool { return !f.purges.noted(key, begun) })
	if other != nil {
		if err := other.ended.Wait(ctx, clock.Forever); err != nil {
			return r, form, err
		}
		return other.result, other.form, other.err
	}
	mine.err = errEnded // unless it returns
	defer func() {
		f.loading.land(key, mine)
		mine.ended.Set()
	}()
	mine.result, mine.form, mine.err = f.loadForm(ctx, c, key)
	return mine.result, mine.form, mine.err
}

// errEnded is what those get who waited for a load that panicked. The panic itself goes on
// where it came up, and what a strategy makes of it is the strategy's.
var errEnded = errors.New("the load that was waited for panicked")

// loadForm calls the function, or takes what a batch has loaded, and makes of it what is
// stored.
func (f *Func[A, V]) loadForm(ctx context.Context, c *call[A, V], key string) (r result[V], form form, err error) {
	var n *note
	if c.batch != nil {
		r, n, form.begun, err = c.batch.load(ctx, f, c.id)
	} else {
		n, form.begun = new(note), strategies.At(f.clock.Now())
		r, err = f.call(context.WithValue(ctx, noteKey{}, n), c.id)
	}
	if err != nil {
		return r, form, err
	}
	r.stored = strategies.At(f.clock.Now())
	form.none, form.life = r.none, n.life
	// A not-found that is kept is a value to the strategy, which would else take it for a
	// failure: back off, and serve an old value in its place.
	if r.none {
		if f.opts.NotFound == 0 {
			return r, form, ErrNotFound
		}
		form.life = f.opts.NotFound
	} else if form.data, err = f.opts.Codec.Marshal(r.value); err != nil {
		return r, form, fmt.Errorf("encode: %w", err)
	}
	form.tags = n.tags
	return r, form, nil
}

// call calls the function for one result, past every cache.
func (f *Func[A, V]) call(ctx context.Context, id arguments[A]) (r result[V], err error) {
	found, err := f.callMany(ctx, []A{id.args})
	if err != nil {
		return r, err
	}
	v, ok := found[id.args]
	return result[V]{value: v, none: !ok, stored: strategies.At(f.clock.Now())}, nil
}

// callMany calls the function, and is the only one who does.
func (f *Func[A, V]) callMany(ctx context.Context, all []A) (map[A]V, error) {
	begun := f.clock.Now()
	found, err := f.load(ctx, all)
	if f.opts.Hooks.Loaded != nil {
		f.opts.Hooks.Loaded(ctx, Load{Func: f.tell.name, Results: len(all), Took: f.clock.Now().Sub(begun), Err: err})
	}
	return found, err
}

// askOnce is ask, by one of the box at a time where the others can have the copy that it
// makes: a thousand who miss together cost one read, and do not each look for a lock. Who
// finds no copy then (a stale value is none, and neither is what a purge has overtaken)
// asks by itself.
//
//	A: no copy, asks
//	B: no copy, waits for A
//	A: loads, stores, keeps a copy
//	B: takes the copy: it is Coalesced, as it waited for a load
//
// A batch has read its keys already, and one who will have a value of a certain age cannot
// know that A's is as young.
func (f *Func[A, V]) askOnce(ctx context.Context, id arguments[A], key string, c *call[A, V], o Option) (r result[V], a Answer, err error) {
	if f.local == nil || c.batch != nil || o.maxAge > 0 {
		return f.ask(ctx, id, key, c, o)
	}
	got, shared, err := f.flights.Do(ctx, asking+key, clock.Forever, func(ctx context.Context) (strategies.Result, error) {
		// Another's flight may have ended between the caller's look and this one.
		if there, ok := f.copyOf(id, o); ok {
			r, a = there, Answer{Level: Local, Outcome: strategies.FreshHit, Stored: there.stored}
			return strategies.Result{Outcome: a.Outcome}, nil
		}
		var err error
		r, a, err = f.ask(ctx, id, key, c, o)
		return strategies.Result{Outcome: a.Outcome}, err
	})
	switch {
	case !shared:
		return r, a, err
	case ctx.Err() != nil:
		return r, Answer{Outcome: strategies.Timeout}, context.Cause(ctx)
	case err != nil:
		return r, Answer{Level: Origin, Outcome: got.Outcome}, err
	}
	if r, ok := f.local.Get(id); ok {
		a = Answer{Level: Shared, Outcome: got.Outcome, Stored: r.stored}
		if got.Outcome == strategies.Computed {
			a.Level, a.Outcome = Origin, strategies.Coalesced
		}
		return r, a, nil
	}
	return f.ask(ctx, id, key, c, o)
}

// asking is put in front of the key of a flight that asks the strategy, which may in turn
// end in a flight that loads.
const asking = "?"

// ask gets key from the strategy and decodes what it answers, unless this very call has
// loaded it.
func (f *Func[A, V]) ask(ctx context.Context, id arguments[A], key string, c *call[A, V], o Option) (result[V], Answer, error) {
	got, err := f.strategy.Get(ctx, key)
	a := Answer{Level: Shared, Outcome: got.Outcome, Stored: got.Stored}
	if got.Outcome == strategies.Computed || got.Outcome == strategies.Coalesced || got.Outcome == strategies.OriginFailure {
		a.Level = Origin
	}
	if err != nil {
		return result[V]{}, a, err
	}
	if got.Outcome == strategies.Computed {
		if r, form, ok := c.loaded(); ok {
			f.keepLocal(ctx, id, key, r, form, form.life)
			return r, a, nil
		}
	}
	// A refresh in the background may be writing to c by now; what the strategy answered with
	// is in its own bytes.
	var form form
	if form.unmarshal(got.Data) != nil {
		return result[V]{}, a, errOver // another program's, or of a form that is older: as if it were not there
	}
	age := got.Stored.Age(f.clock.Now())
	if form.life > 0 && age >= form.life || o.maxAge > 0 && age >= o.maxAge || !f.purges.spare(ctx, key, &form) {
		return result[V]{}, a, errOver
	}
	r := result[V]{none: form.none, stored: got.Stored}
	if !r.none && f.opts.Codec.Unmarshal(form.data, &r.value) != nil {
		return result[V]{}, a, errOver
	}
	// The copy begins a life of its own, which must not go beyond what is left of the value's.
	left := form.life
	if left > 0 {
		left -= age
	}
	if got.Outcome != strategies.StaleHit { // a copy is fresh as long as it lives
		f.keepLocal(ctx, id, key, r, &form, left)
	}
	return r, a, nil
}

// flight is a load under way. Its result is written before ended is set.
type flight[V any] struct {
	ended clock.Event
	begun strategies.Instant

	result result[V]
	form   form
	err    error
}

// loading is the loads of a function that are under way in this box, and the keys that a
// GetMany has called for without a flight of each. Another GetMany leaves both to those
// who load them, and waits there.
type loading[V any] struct {
	mu      sync.Mutex
	flights map[string]*flight[V]
	called  map[string]int
}

// board returns the flight of key that there is, if it may be joined; else mine is the
// flight from now on.
func (l *loading[V]) board(key string, mine *flight[V], may func(begun strategies.Instant) bool) *flight[V] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if other := l.flights[key]; other != nil && may(other.begun) {
		return other
	}
	if l.flights == nil {
		l.flights, l.called = make(map[string]*flight[V]), make(map[string]int)
	}
	l.flights[key] = mine
	return nil
}

// land ends a flight. One that began after a purge may have taken its place already.
func (l *loading[V]) land(key string, mine *flight[V]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flights[key] == mine {
		delete(l.flights, key)
	}
}

// callFor adds d to the calls that are made for keys.
func (l *loading[V]) callFor(keys []string, d int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if l.called[key] += d; l.called[key] == 0 {
			delete(l.called, key)
		}
	}
}

// is reports whether key is being loaded.
func (l *loading[V]) is(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flights[key] != nil || l.called[key] > 0
}
