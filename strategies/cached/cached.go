// Package cached turns a function into one whose results are cached, by any strategy and
// over any store:
//
//	users, err := cached.New(store, "user", loadUser, cached.Options{})
//	...
//	user, err := users.Get(ctx, id)
//
// where loadUser is a func(context.Context, int) (User, error). The key is made of the
// name and the arguments, the result is kept as JSON, and the strategy is a
// [strategies.SWR] whose losers wait: at most one caller at a time loads a result, and an
// old one is served while it is loaded anew. [Options] change all of it.
//
// What depends on the value is said where the value is known, in the function: [Life]
// shortens its life, [Tag] names what it depends on, and an error that is [ErrNotFound]
// is kept as that.
//
//	func loadUser(ctx context.Context, id int) (User, error) {
//		cached.Tag(ctx, "team:7")
//		...
//	}
//
// # What it costs
//
// A hit of the store is one Get and one decoding; without Options.Local it is decoded for
// every caller, who may then change it. Tags cost one Get of each tag in
// Options.Lag and box, whatever the traffic, and so does the function itself, which
// PurgeAll goes by. A value that ends by [Life] before the strategy's bounds is loaded by
// one caller of each box, while the others wait: let the strategy's own bounds be the ones
// that count where that would be seen.
//
// # What is promised
//
//   - No two arguments share a key, whatever they contain (TestKeysAreUnambiguous).
//   - A hit of a box's own copy allocates nothing (TestHitAllocatesNothing), and is the
//     very value that was loaded: nobody may modify it.
//   - GetMany asks the store once for all keys, and calls the function once for all that
//     are missing, without those that are being loaded already (TestGetMany).
//   - After Purge, PurgeTag and PurgeAll have returned, nothing that was loaded before is
//     served by this box; other boxes lag by Options.Local and Options.Lag
//     (TestPurge).
//   - What cannot be decoded is loaded anew and never served (TestForeignBytes).
package cached

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/sieve"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// ErrNotFound says that there is nothing under the arguments. A function returns it, or an
// error that wraps it; with Options.NotFound the cache remembers and returns it.
var ErrNotFound = errors.New("not found")

// Func is a function of arguments A whose results V are cached. It is safe for concurrent
// use.
type Func[A comparable, V any] struct {
	keys     keys[A]
	load     func(context.Context, []A) (map[A]V, error)
	opts     Options
	strategy strategies.Strategy
	store    strategies.Store
	clock    clock.Clock
	purges   *purges
	flights  *strategies.Group
	local    *sieve.Map[arguments[A], result[V]] // nil unless boxes keep copies
	loading  loading[V]
	tell     teller
}

// arguments are what a result goes by.
type arguments[A comparable] struct {
	args    A
	variant string
}

// result is what a call comes to: a value, or that there is none.
type result[V any] struct {
	value  V
	none   bool
	stored strategies.Instant
}

// New makes a function whose results are cached in store under its name. The error is a
// [*strategies.ConfigError].
func New[A comparable, V any](store strategies.Store, name string, load func(context.Context, A) (V, error), o Options) (*Func[A, V], error) {
	if load == nil {
		return nil, &strategies.ConfigError{Field: "load", Msg: "is nil: there is nothing to call"}
	}
	return NewMany(store, name, func(ctx context.Context, all []A) (map[A]V, error) {
		found := make(map[A]V, len(all))
		for _, args := range all {
			v, err := load(ctx, args)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			found[args] = v
		}
		return found, nil
	}, o)
}

// NewMany is New for a function that loads several results at once, as a query with IN
// does. Arguments that are not in its answer are not found.
func NewMany[A comparable, V any](store strategies.Store, name string, load func(context.Context, []A) (map[A]V, error), o Options) (*Func[A, V], error) {
	if store == nil || name == "" || load == nil {
		return nil, &strategies.ConfigError{Field: "store, name and load", Msg: "are needed: results are kept in the one, under the other"}
	}
	k, err := newKeys[A](o.Namespace, name, o.Version)
	if err != nil {
		return nil, err
	}
	var v V
	f := &Func[A, V]{keys: k, load: load, store: store, opts: o.withDefaults(&v)}
	f.clock, f.flights = f.opts.Runtime.Clock, strategies.NewGroup(f.opts.Runtime.Clock)
	f.tell.name, f.tell.hooks = name, f.opts.Hooks
	f.purges = newPurges(store, name, f.opts)
	if f.opts.Local > 0 {
		f.local = sieve.New[arguments[A], result[V]](sieve.Config{Entries: f.opts.Entries, Bytes: f.opts.Bytes}.On(f.clock))
	}
	f.strategy, err = f.opts.Strategy(beneath(store, f.opts.Hooks.Stored, f.clock), strategies.LoaderFunc(f.loadKey))
	return f, err
}

// Strategy is what the results are cached by.
func (f *Func[A, V]) Strategy() strategies.Strategy { return f.strategy }

// Get returns the result for args. Its error is [ErrNotFound], that of a
// [strategies.Strategy], or of the codec.
func (f *Func[A, V]) Get(ctx context.Context, args A, options ...Option) (V, error) {
	// The way of a hit: by the arguments themselves, for which no key has to be written.
	id := arguments[A]{args, f.opts.Vary(ctx)}
	o := join(options)
	if r, ok := f.copyOf(id, o); ok {
		f.tell.answered(ctx, Answer{Level: Local, Outcome: strategies.FreshHit, Stored: r.stored}, nil)
		return r.value, r.err()
	}
	begun := f.clock.Now()
	key, err := f.keys.of(args, id.variant)
	if err != nil {
		var none V
		return none, err
	}
	r, a, err := f.get(ctx, id, key, o, nil)
	a.Key, a.Took = key, f.clock.Now().Sub(begun)
	f.tell.answered(ctx, a, err)
	if err == nil {
		err = r.err()
	}
	return r.value, err
}

func (r *result[V]) err() error {
	if r.none {
		return ErrNotFound
	}
	return nil
}

// copyOf is the box's own copy, if it may be used.
func (f *Func[A, V]) copyOf(id arguments[A], o Option) (r result[V], ok bool) {
	if f.local == nil || o.bypass || o.refresh {
		return r, false
	}
	r, ok = f.local.Get(id)
	return r, ok && (o.maxAge == 0 || r.stored.Age(f.clock.Now()) < o.maxAge)
}

// get asks the strategy, and has what may not be served any more loaded anew.
func (f *Func[A, V]) get(ctx context.Context, id arguments[A], key string, o Option, b *batch[A, V]) (result[V], Answer, error) {
	if o.bypass {
		r, err := f.call(ctx, id)
		return r, Answer{Level: Origin, Outcome: outcomeOf(err)}, err
	}
	c := &call[A, V]{id: id, batch: b}
	within := context.WithValue(ctx, callKey{}, c)
	if !o.refresh {
		r, a, err := f.askOnce(within, id, key, c, o)
		if !errors.Is(err, errOver) {
			return r, a, err
		}
	}
	// One of the box has it loaded anew, for all who find the old one. It is the end of a
	// life that no strategy knows, so that the strategy is told.
	_, shared, err := f.flights.Do(within, key, clock.Forever, func(ctx context.Context) (strategies.Result, error) {
		// Another may have loaded it between the look and here: a refresh in the background, or
		// the one who was in this place before.
		if !o.refresh {
			if _, _, err := f.ask(ctx, id, key, new(call[A, V]), o); err == nil {
				return strategies.Result{}, nil
			}
		}
		return strategies.Result{}, f.renew(ctx, key)
	})
	switch {
	case ctx.Err() != nil:
		return result[V]{}, Answer{Outcome: strategies.Timeout}, context.Cause(ctx)
	case err != nil:
		return result[V]{}, Answer{Level: Origin, Outcome: strategies.OriginFailure}, err
	case !shared:
		if r, form, ok := c.loaded(); ok {
			f.keepLocal(ctx, id, key, r, form, form.life)
			return r, Answer{Level: Origin, Outcome: strategies.Computed, Stored: r.stored}, nil
		}
	}
	r, a, err := f.ask(within, id, key, c, Option{})
	if shared && a.Outcome == strategies.FreshHit {
		a.Outcome = strategies.Coalesced
	}
	return r, a, err
}

// renew has the strategy load key although it has a value that it would serve.
func (f *Func[A, V]) renew(ctx context.Context, key string) error {
	if s, ok := f.strategy.(strategies.Refresher); ok {
		return s.Refresh(ctx, key)
	}
	if s, ok := f.strategy.(strategies.Invalidator); ok {
		if err := s.Invalidate(ctx, key, 0); err != nil {
			return err
		}
	}
	_, err := f.strategy.Get(ctx, key)
	return err
}

// errOver is that a value may be served by the strategy's bounds and not by its own.
var errOver = errors.New("the value's own life is over")

// keepLocal keeps a copy in the box, for no longer than the value may live; zero is no
// limit. A purge that comes while it does so finds the copy, or is found:
//
//	A: loads the old value
//	B: purges: notes the purge, drops the copies
//	A: keeps a copy, looks for purges, drops it
func (f *Func[A, V]) keepLocal(ctx context.Context, id arguments[A], key string, r result[V], form *form, left time.Duration) {
	if f.local == nil {
		return
	}
	life := f.opts.Local
	if left > 0 {
		life = min(life, left)
	}
	f.local.Put(id, r, int64(len(key)+len(form.data)+copyOverhead), f.local.In(life))
	if !f.purges.spare(ctx, key, form) {
		f.local.Delete(id)
	}
}

// copyOverhead is what a copy takes besides its data, roughly. Decoded values take more than
// their bytes do; how much is not known.
const copyOverhead = 200

// GetMany returns the results for all args, without those that are not found. The store is
// asked once, if it can be asked for several keys, and the function is called once for
// all that are missing and that nobody loads yet. If some fail, the others are returned
// beside the error.
func (f *Func[A, V]) GetMany(ctx context.Context, args []A, options ...Option) (map[A]V, error) {
	b := &batch[A, V]{looked: make(map[string]bool)}
	o := join(options)
	got := make(map[A]V, len(args))
	var rest []A
	var keys []string
	variant := f.opts.Vary(ctx)
	for _, a := range args {
		id := arguments[A]{a, variant}
		if r, ok := f.copyOf(id, o); ok {
			f.tell.answered(ctx, Answer{Level: Local, Outcome: strategies.FreshHit, Stored: r.stored}, nil)
			if !r.none {
				got[a] = r.value
			}
			continue
		}
		key, err := f.keys.of(a, variant)
		if err != nil {
			return nil, err
		}
		rest, keys = append(rest, a), append(keys, key)
	}
	b.prefetch(ctx, f, rest, keys, o)
	return got, errors.Join(b.getEach(ctx, f, rest, keys, variant, o, got)...)
}

// Put says that the result for args is now v at a version, which the origin has committed:
// write-through where the strategy stores what is written, and else a Purge. Zero is
// no version.
func (f *Func[A, V]) Put(ctx context.Context, args A, v V, version uint64) error {
	data, err := f.opts.Codec.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return f.change(ctx, args, func(key string, at strategies.Instant) error {
		form := form{data: data, begun: at + 1} // younger than the purge that this is
		return strategies.Wrote(ctx, f.strategy, key, strategies.Value{Data: form.marshal(), Version: version})
	})
}

// Purge forgets the result for args, in the variant of ctx. Call it after the write has
// been committed at the origin. A load that began before it stores nothing that this box
// would serve.
func (f *Func[A, V]) Purge(ctx context.Context, args A) error {
	return f.change(ctx, args, func(key string, _ strategies.Instant) error {
		if s, ok := f.strategy.(strategies.Invalidator); ok {
			return s.Invalidate(ctx, key, 0)
		}
		return f.store.Delete(ctx, key)
	})
}

// change changes what is stored for args, of which everything older than now is to be
// forgotten in this box.
func (f *Func[A, V]) change(ctx context.Context, args A, change func(key string, at strategies.Instant) error) error {
	id := arguments[A]{args, f.opts.Vary(ctx)}
	key, err := f.keys.of(args, id.variant)
	if err != nil {
		return err
	}
	at := f.purges.note(key)
	err = change(key, at)
	f.flights.Forget(key)
	f.flights.Forget(asking + key) // who comes after the write reads after the write
	if f.local != nil {
		f.local.Delete(id)
	}
	return err
}

// PurgeTag forgets every result that was tagged with tag, of all functions of the
// namespace: what was loaded before is loaded anew when it is asked for. The mark of a
// purge lies in the store for a week, or twice the TTL if that is longer; a store that
// evicts it has results live on to their TTL.
func (f *Func[A, V]) PurgeTag(ctx context.Context, tag string) error {
	err := f.purges.purge(ctx, tag)
	if f.local != nil {
		f.local.Clear()
	}
	return err
}

// PurgeAll forgets every result of the function.
func (f *Func[A, V]) PurgeAll(ctx context.Context) error { return f.PurgeTag(ctx, f.purges.all) }

// Stats returns the counts so far.
func (f *Func[A, V]) Stats() Stats { return f.tell.stats() }
