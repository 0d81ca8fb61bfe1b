package memcached

import (
	"github.com/bradfitz/gomemcache/memcache"

	"herdlab/strategies"
)

// NewPages returns a store whose values a web server can hand out by itself, as
// nginx does with memcached_pass: each is a [strategies.Page] under its key as it
// is, without the letter that the store of [New] puts in front, unless it looks as
// if it had one. The locks are as there.
//
// A page does not say whose it is: that one is served for another is not found
// out here.
func NewPages(client *memcache.Client, cfg Config) *Store {
	s := New(client, cfg)
	s.form = pages{}
	return s
}

// form is how an entry is written. Both forms are read and written by way of the
// envelope, which has all that there is to know.
type form interface {
	pack(strategies.Envelope) ([]byte, error)
	open(b []byte, key string) (strategies.Envelope, error)
	mark(kind byte) string // in front of the key
}

// formOf is the form of the items of a kind: locks are envelopes always.
func (s *Store) formOf(kind byte) form {
	if kind == lockKind {
		return envelopes{}
	}
	return s.form
}

type envelopes struct{}

func (envelopes) pack(v strategies.Envelope) ([]byte, error) { return v.MarshalBinary() }

func (envelopes) open(b []byte, key string) (strategies.Envelope, error) {
	return strategies.Open(b, key)
}

func (envelopes) mark(kind byte) string { return string(kind) + ":" }

type pages struct{}

func (pages) pack(v strategies.Envelope) ([]byte, error) {
	return strategies.Page{Entry: v.Entry, Expires: v.Expires}.MarshalBinary()
}

func (pages) open(b []byte, key string) (strategies.Envelope, error) {
	var p strategies.Page
	err := p.UnmarshalBinary(b)
	return strategies.Envelope{Key: key, Entry: p.Entry, Expires: p.Expires}, err
}

func (pages) mark(byte) string { return "" }
