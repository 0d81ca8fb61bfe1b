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
	s.pages = true
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

// isPage reports whether items of a kind are pages: locks are envelopes always. Both
// forms are read and written by way of the envelope, which has all that there is to know.
func (s *Store) isPage(kind byte) bool { return s.pages && kind == valueKind }

func (s *Store) pack(kind byte, v wire.Envelope) ([]byte, error) {
	if s.isPage(kind) {
		return wire.Page{Entry: v.Entry, Expires: v.Expires}.MarshalBinary()
	}
	return v.MarshalBinary()
}

func (s *Store) open(kind byte, b []byte, key string) (wire.Envelope, error) {
	if !s.isPage(kind) {
		return wire.Open(b, key)
	}
	var p wire.Page
	err := p.UnmarshalBinary(b)
	return wire.Envelope{Key: key, Entry: p.Entry, Expires: p.Expires}, err
}

// life is what memcached is told in place of the ttl. It lets an item live for up to
// a second more than that, which an envelope puts right; a web server does not look,
// and a page is rather gone up to a second too soon than served past its ttl. What
// lives for less than two seconds would not live at all.
func (s *Store) life(kind byte, ttl time.Duration) time.Duration {
	if !s.isPage(kind) || ttl < 2*time.Second {
		return ttl
	}
	return ttl - time.Second
}
