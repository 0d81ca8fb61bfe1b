package engine

import (
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"github.com/herdlab/herdlab/internal/queue"
)

// keyspace is what is needed of a miniredis database. Its ttls are numbers that
// stand still.
type keyspace interface {
	TTL(key string) time.Duration
	SetTTL(key string, ttl time.Duration)
	Del(key string) bool
}

// dues is when the keys of a keyspace are due to expire. miniredis can let its
// ttls run by itself, but then walks over all keys at every command: 63 ms with
// 100,000. Here the ttls stand still, and the keys that are due are taken from
// a heap.
//
// What a command did is seen from the ttl behind it, so that it does not matter
// whether it was SET NX, a script or anything else that did or did not set it.
// To tell a ttl that was set from one that stood there, those that stand have a
// fraction of a millisecond, which no command can set but EXPIREAT.
type dues struct {
	keys  keyspace
	byKey map[string]*due
	heap  queue.Heap[*due] // the next to expire first
}

// due is one key.
type due struct {
	key    string
	at     time.Time
	frozen time.Duration // the ttl that stands in the keyspace
	place  int           // in the heap
}

func newDues(keys keyspace) dues {
	d := dues{keys: keys, byKey: make(map[string]*due)}
	d.heap.Moved = func(e *due, place int) { e.place = place }
	return d
}

func (d *dues) clear() { *d = newDues(d.keys) }

// expire deletes what is due at now.
func (d *dues) expire(now time.Time) {
	for d.heap.Len() > 0 && !d.heap.Min().Value.at.After(now) {
		next := d.heap.Min().Value
		d.remove(next)
		switch ttl := d.keys.TTL(next.key); ttl {
		case next.frozen:
			d.keys.Del(next.key)
		case 0: // the key is gone, or is another that has none
		default: // set by a script that did not name it
			d.note([]string{next.key}, now)
		}
	}
}

// refresh makes the ttls of keys in the keyspace what they are at now.
func (d *dues) refresh(keys []string, now time.Time) {
	for _, key := range keys {
		if e := d.byKey[key]; e != nil {
			e.frozen = marked(e.at.Sub(now))
			d.keys.SetTTL(key, e.frozen)
		}
	}
}

// note looks at the ttls of keys after a command that was done at now.
func (d *dues) note(keys []string, now time.Time) {
	for _, key := range keys {
		ttl := d.keys.TTL(key)
		e := d.byKey[key]
		switch {
		case ttl == 0:
			if e != nil {
				d.remove(e)
			}
			continue
		case e == nil:
			e = &due{key: strings.Clone(key)}
			d.byKey[e.key] = e
			d.heap.Push(queue.Entry[*due]{Value: e})
		case ttl == e.frozen:
			continue
		}
		e.at, e.frozen = now.Add(unmarked(ttl)), marked(ttl)
		d.heap.Change(e.place, e.at.UnixNano(), 0)
		if e.frozen != ttl {
			d.keys.SetTTL(key, e.frozen)
		}
	}
}

func (d *dues) remove(e *due) {
	d.heap.Remove(e.place)
	delete(d.byKey, e.key)
}

// marked is ttl with a fraction of a millisecond.
func marked(ttl time.Duration) time.Duration {
	if ttl%time.Millisecond == 0 {
		return ttl + 1
	}
	return ttl
}

// unmarked is the ttl that was marked, for a key that has it from another one.
func unmarked(ttl time.Duration) time.Duration {
	if ttl%time.Millisecond == 1 {
		return ttl - 1
	}
	return ttl
}

// answer answers a question for the ttl of a key that has one, as Redis rounds
// it (redis 7.0, ttlGenericCommand in expire.c).
func (d *dues) answer(c *server.Peer, cmd string, args []string, now time.Time) bool {
	if len(args) != 1 || d.byKey[args[0]] == nil {
		return false
	}
	e := d.byKey[args[0]]
	if d.keys.TTL(e.key) != e.frozen {
		return false // gone, or changed by a script that did not name it
	}
	left, at := int(e.at.Sub(now).Milliseconds()), int(e.at.UnixMilli())
	switch cmd {
	case "PTTL":
		c.WriteInt(left)
	case "TTL":
		c.WriteInt((left + 500) / 1000)
	case "PEXPIRETIME":
		c.WriteInt(at)
	case "EXPIRETIME":
		c.WriteInt((at + 500) / 1000)
	default:
		return false
	}
	return true
}
