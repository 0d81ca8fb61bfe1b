package storetest

import (
	"encoding"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/wire"
)

// Whatever lies under a key that is not its entry is an error that says so, and
// the next write replaces it.
func testForeignBytes(c *check) {
	if c.Plant == nil {
		if !c.Model {
			c.Error("a store that keeps bytes must let the suite put some there: set Plant")
		}
		return
	}
	good := c.entry("good", 1)
	newer, versions := c.Store.(strategies.NewerSetter)
	leaser, leases := c.Store.(strategies.Leaser)
	for _, p := range foreignForms(c) {
		c.must(p.what, p.put(c))
		want := p.want
		if c.Swallows {
			want = nil
		}
		if e, ok, err := c.Store.Get(background, "k"); ok || !errors.Is(err, want) {
			c.Errorf("%s: get says %q, %v, %v; want %v", p.what, e.Data, ok, err, want)
		}
		c.set("k", good, time.Hour)
		c.has("k", good)
		if versions { // what is no entry of the key has no version that could be later
			c.must(p.what, p.put(c))
			c.wants("set newer over "+p.what, true)(newer.SetNewer(background, "k", good, time.Hour))
			c.has("k", good)
		}
		if leases {
			foreignLeases(c, leaser, good, p)
		}
	}
}

// foreignLeases does the same to Lease: it says what is wrong, or hands out the
// lease; and once the key is retired it does.
func foreignLeases(c *check, s strategies.Leaser, good strategies.Entry, p planted) {
	for _, keep := range []time.Duration{0, time.Hour} {
		c.must(p.what, p.put(c))
		l, err := s.Lease(background, "k", "me", time.Hour)
		if l.Found || (l.Token == "") == (err == nil) || err != nil && !errors.Is(err, p.want) {
			c.Errorf("%s: lease says %+v, %v", p.what, l, err)
		}
		if err := s.Retire(background, "k", 1, keep); err != nil {
			c.Errorf("retire %s: %v", p.what, err)
		}
		givesLease(c, s, "k", "me", time.Hour, "me")
		c.wants("set with a lease over "+p.what, true)(s.SetLeased(background, "k", "me", good, time.Hour))
		c.has("k", good)
	}
}

// planted are bytes that lie under the key k and are not its entry. Nil are no bytes
// but something else.
type planted struct {
	what string
	raw  []byte
	want error
}

func (p planted) put(c *check) error {
	if p.raw == nil {
		return c.PlantOther("k")
	}
	return c.Plant("k", p.raw)
}

// foreignForms is what may lie in the place of an entry. No version of it is a bar to
// SetNewer, so that of what is damaged is 0: a server that compares versions itself
// does not compute checksums.
func foreignForms(c *check) []planted {
	secret := func(key string, version uint64) []byte {
		var form encoding.BinaryMarshaler = wire.Envelope{Key: key, Entry: c.entry("secret", version)}
		if c.Pages {
			form = wire.Page{Entry: c.entry("secret", version)}
		}
		b, err := form.MarshalBinary()
		c.must("marshal", err)
		return b
	}
	mine, damaged := secret("k", math.MaxUint64), secret("k", 0)
	more, half := append(slices.Clip(mine), 0), mine[:len(mine)/2]
	list := []planted{{"nothing", []byte{}, strategies.ErrForeign}, {"a text", []byte("hello"), strategies.ErrForeign}}
	if c.PlantOther != nil {
		list = append(list, planted{"something else", nil, strategies.ErrForeign})
	}
	if c.Pages {
		damaged[0] ^= 1
		return append(list,
			planted{"half a page", half, strategies.ErrForeign},
			planted{"a page and more", more, strategies.ErrForeign},
			planted{"a damaged page", damaged, strategies.ErrTorn})
	}
	damaged[len(damaged)-1] ^= 1
	return append(list,
		planted{"half an entry", half, strategies.ErrTorn},
		planted{"the head of an entry", mine[:6], strategies.ErrTorn},
		planted{"a damaged entry", damaged, strategies.ErrTorn},
		planted{"an entry and more", more, strategies.ErrTorn},
		planted{"another's entry", secret("not k", math.MaxUint64), strategies.ErrOtherKey})
}
