package engine

import (
	"math"
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
	byKey map[string]due
	heap  queue.Heap[string] // keys, the next to expire first; void where byKey says another instant
}

// due is one key.
type due struct {
	key    string
	at     time.Time
	frozen time.Duration // the ttl that stands in the keyspace
}

func newDues(keys keyspace) dues { return dues{keys: keys, byKey: make(map[string]due)} }

func (d *dues) clear() { *d = newDues(d.keys) }

// expire deletes what is due at now.
func (d *dues) expire(now time.Time) {
	void := func(e *queue.Entry[string]) bool { return d.byKey[e.Value].at.UnixNano() != e.At }
	for d.heap.Drop(void, 2*len(d.byKey)+1024); d.heap.Len() > 0 && d.heap.Min().At <= now.UnixNano(); d.heap.Drop(void, math.MaxInt) {
		next := d.byKey[d.heap.Pop().Value]
		delete(d.byKey, next.key)
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
		if e, ok := d.byKey[key]; ok {
			e.frozen = marked(e.at.Sub(now))
			d.byKey[e.key] = e
			d.keys.SetTTL(key, e.frozen)
		}
	}
}

// note looks at the ttls of keys after a command that was done at now.
func (d *dues) note(keys []string, now time.Time) {
	for _, key := range keys {
		ttl := d.keys.TTL(key)
		e, ok := d.byKey[key]
		switch {
		case ttl == 0:
			delete(d.byKey, key)
			continue
		case !ok:
			e.key = strings.Clone(key)
		case ttl == e.frozen:
			continue
		}
		e.at, e.frozen = now.Add(unmarked(ttl)), marked(ttl)
		d.byKey[e.key] = e
		d.heap.Push(queue.Entry[string]{At: e.at.UnixNano(), Value: e.key})
		if e.frozen != ttl {
			d.keys.SetTTL(key, e.frozen)
		}
	}
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
	if len(args) != 1 {
		return false
	}
	e, ok := d.byKey[args[0]]
	if !ok || d.keys.TTL(e.key) != e.frozen {
		return false // without one, gone, or changed by a script that did not name it
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
