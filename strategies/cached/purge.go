package cached

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/herdlab/herdlab/internal/sieve"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// purges are the instants at which tags were purged, as marks in the store, and what the
// box knows of them. A result is old if its load began before a purge of one of its tags.
// Nothing has to be looked for and deleted: a purge of a million results is one Set.
//
// Keys that were purged in this box have such an instant, too, for as long as a load may
// take that began before: whatever that one stores, the box that wrote reads what it
// wrote.
type purges struct {
	store  strategies.Store
	clock  clock.Clock
	prefix string
	all    string // the tag that every result of the function has
	lag    time.Duration
	keep   time.Duration // marks, in the store
	known  *sieve.Map[string, strategies.Instant]
}

// longestLoad is for how long a box remembers the keys it has purged.
const longestLoad = 10 * time.Minute

// knownTags bounds what a box knows of tags and keys. What it forgets of tags it asks for.
const knownTags = 100_000

func newPurges(store strategies.Store, name string, o Options) *purges {
	return &purges{
		store: store, clock: o.Runtime.Clock, lag: o.Lag, keep: max(2*o.TTL, 7*24*time.Hour),
		prefix: string(escape(nil, o.Namespace)) + "::", // no function has an empty name
		all:    "\x00" + name,
		known:  sieve.New[string, strategies.Instant](sieve.Config{Entries: knownTags}.On(o.Runtime.Clock)),
	}
}

// spare reports whether no purge came after the load of a result began.
func (p *purges) spare(ctx context.Context, key string, f *form) bool {
	if p.noted(key, f.begun) {
		return false
	}
	// Equal is purged: on a coarse clock a load may begin at the very instant of a purge, and
	// it is not known which came first.
	if p.last(ctx, p.all) >= f.begun {
		return false
	}
	for _, tag := range f.tags {
		if p.last(ctx, tag) >= f.begun {
			return false
		}
	}
	return true
}

// last is when a tag was purged last, or zero. A store that fails knows of no purge: it is
// better to serve than to load all there is.
func (p *purges) last(ctx context.Context, tag string) strategies.Instant {
	if at, ok := p.known.Get("t" + tag); ok {
		return at
	}
	e, ok, err := p.store.Get(ctx, p.mark(tag))
	if err != nil {
		return 0
	}
	var at strategies.Instant
	if ok && len(e.Data) == 8 {
		at = strategies.Instant(binary.BigEndian.Uint64(e.Data))
	}
	p.known.Put("t"+tag, at, 1, p.known.In(p.lag))
	return at
}

// purge marks a tag as purged now.
func (p *purges) purge(ctx context.Context, tag string) error {
	now := strategies.At(p.clock.Now())
	e := strategies.Entry{Value: strategies.Value{Data: binary.BigEndian.AppendUint64(nil, uint64(now))}, Stored: now}
	// The box goes by its own purge even if the store did not take it, and the caller, who is
	// told, can try again.
	err := p.store.Set(ctx, p.mark(tag), e, p.keep)
	p.known.Put("t"+tag, now, 1, p.known.In(p.lag))
	return err
}

// note notes that a key was purged now. Instants are of the clocks of the boxes, and these
// are to agree to within the time between a write and its purge.
func (p *purges) note(key string) strategies.Instant {
	now := strategies.At(p.clock.Now())
	p.known.Put("k"+key, now, 1, p.known.In(longestLoad))
	return now
}

// noted reports whether this box has purged key since an instant, or at it.
func (p *purges) noted(key string, since strategies.Instant) bool {
	at, ok := p.known.Get("k" + key)
	return ok && at >= since
}

// mark is the key of a tag's mark.
func (p *purges) mark(tag string) string { return p.prefix + string(escape(nil, tag)) }
