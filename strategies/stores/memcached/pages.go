package memcached

import (
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/wire"
)

// NewPages returns a store whose values a web server can hand out by itself, as
// nginx does with memcached_pass: each is a [wire.Page] under its key as it
// is, without the letter that the store of [New] puts in front, unless it looks as
// if it had one. The locks are as there.
//
// A page does not say whose it is: that one is served for another is not found
// out here.
func NewPages(client *memcache.Client, cfg Config) *Pages {
	s := New(client, cfg)
	s.form = pages{}
	return &Pages{s, s, s, s}
}

// Pages is a store of pages. It hands out no leases: what stands in the place of an
// entry meanwhile would be served as one.
type Pages struct {
	strategies.Store
	strategies.NewerSetter
	strategies.Locker
	strategies.Extender
}

// form is how an entry is written. Both forms are read and written by way of the
// envelope, which has all that there is to know.
type form interface {
	pack(wire.Envelope) ([]byte, error)
	open(b []byte, key string) (wire.Envelope, error)
	mark(kind byte) string // in front of the key
	life(ttl time.Duration) time.Duration
}

type envelopes struct{}

func (envelopes) pack(v wire.Envelope) ([]byte, error) { return v.MarshalBinary() }

func (envelopes) open(b []byte, key string) (wire.Envelope, error) {
	return wire.Open(b, key)
}

func (envelopes) life(ttl time.Duration) time.Duration { return ttl }

func (envelopes) mark(kind byte) string { return string(kind) + ":" }

type pages struct{}

func (pages) pack(v wire.Envelope) ([]byte, error) {
	return wire.Page{Entry: v.Entry, Expires: v.Expires}.MarshalBinary()
}

func (pages) open(b []byte, key string) (wire.Envelope, error) {
	var p wire.Page
	err := p.UnmarshalBinary(b)
	return wire.Envelope{Key: key, Entry: p.Entry, Expires: p.Expires}, err
}

func (pages) mark(byte) string { return "" }

// life is what memcached is told in place of the ttl. It lets an item live for up to
// a second more than that, which an envelope puts right; a web server does not look,
// and a page is rather gone up to a second too soon than served past its ttl. What
// lives for less than two seconds would not live at all.
func (pages) life(ttl time.Duration) time.Duration {
	if ttl < 2*time.Second {
		return ttl
	}
	return ttl - time.Second
}
