package storetest

import (
	"errors"
	"math"
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
	var cases []planted
	for _, p := range foreignForms(c) {
		cases = append(cases, planted{p.what, func() error { return c.Plant("k", p.raw) }, p.want})
	}
	if c.PlantOther != nil {
		cases = append(cases, planted{"something else", func() error { return c.PlantOther("k") }, strategies.ErrForeign})
	}
	good := c.entry("good", 1)
	for _, p := range cases {
		if err := p.put(); err != nil {
			c.Fatalf("planting %s: %v", p.what, err)
		}
		if c.Swallows {
			p.want = nil
		}
		if e, ok, err := c.Store.Get(background, "k"); ok || !errors.Is(err, p.want) {
			c.Errorf("%s: get says %q, %v, %v; want %v", p.what, e.Data, ok, err, p.want)
		}
		c.set("k", good, time.Hour)
		c.has("k", good)
	}
	foreignVersions(c, good, cases)
	foreignLeases(c, good, cases)
}

// bytesInPlace are what is no entry of the key k.
type bytesInPlace struct {
	what string
	raw  []byte
	want error
}

// foreignForms is what may lie in the place of an entry. No version of it is a bar to
// SetNewer, so that of what is damaged is 0: a server that compares versions itself
// does not compute checksums.
func foreignForms(c *check) []bytesInPlace {
	const latest = math.MaxUint64
	list := []bytesInPlace{{"nothing", []byte{}, strategies.ErrForeign}, {"a text", []byte("hello"), strategies.ErrForeign}}
	if c.Pages {
		mine, damaged := plantedPage(c, latest), plantedPage(c, 0)
		damaged[0] ^= 1
		return append(list,
			bytesInPlace{"half a page", mine[:len(mine)/2], strategies.ErrForeign},
			bytesInPlace{"a page and more", append(plantedPage(c, latest), 0), strategies.ErrForeign},
			bytesInPlace{"a damaged page", damaged, strategies.ErrTorn})
	}
	mine, damaged := plantedEnvelope(c, "k", latest), plantedEnvelope(c, "k", 0)
	damaged[len(damaged)-1] ^= 1
	return append(list,
		bytesInPlace{"half an entry", mine[:len(mine)/2], strategies.ErrTorn},
		bytesInPlace{"the head of an entry", mine[:6], strategies.ErrTorn},
		bytesInPlace{"a damaged entry", damaged, strategies.ErrTorn},
		bytesInPlace{"an entry and more", append(plantedEnvelope(c, "k", latest), 0), strategies.ErrTorn},
		bytesInPlace{"another's entry", plantedEnvelope(c, "not k", latest), strategies.ErrOtherKey})
}

func plantedEnvelope(c *check, key string, version uint64) []byte {
	b, err := wire.Envelope{Key: key, Entry: c.entry("secret", version)}.MarshalBinary()
	if err != nil {
		c.Fatal(err)
	}
	return b
}

func plantedPage(c *check, version uint64) []byte {
	b, err := wire.Page{Entry: c.entry("secret", version)}.MarshalBinary()
	if err != nil {
		c.Fatal(err)
	}
	return b
}

// planted is something that lies under a key and is not its entry.
type planted struct {
	what string
	put  func() error
	want error
}

// foreignVersions does the same to SetNewer: what is no entry of the key has no
// version that could be later.
func foreignVersions(c *check, good strategies.Entry, cases []planted) {
	s, ok := c.Store.(strategies.NewerSetter)
	if !ok {
		return
	}
	for _, p := range cases {
		if err := p.put(); err != nil {
			c.Fatalf("planting %s: %v", p.what, err)
		}
		c.wants("set newer over "+p.what, true)(s.SetNewer(background, "k", good, time.Hour))
		c.has("k", good)
	}
}

// foreignLeases does the same to Lease: it says what is wrong, or hands out the
// lease; and once the key is retired it does.
func foreignLeases(c *check, good strategies.Entry, cases []planted) {
	s, ok := c.Store.(strategies.Leaser)
	if !ok {
		return
	}
	for _, p := range cases {
		for _, keep := range []time.Duration{0, time.Hour} {
			if err := p.put(); err != nil {
				c.Fatalf("planting %s: %v", p.what, err)
			}
			l, err := s.Lease(background, "k", "me", time.Hour)
			if l.Found || (l.Token == "") == (err == nil) || err != nil && !errors.Is(err, p.want) {
				c.Errorf("%s: lease says %+v, %v", p.what, l, err)
			}
			if err := s.Retire(background, "k", 1, keep); err != nil {
				c.Errorf("retire %s: %v", p.what, err)
			}
			givesLease(c, s, "k", "me", time.Hour)
			c.wants("set with a lease over "+p.what, true)(s.SetLeased(background, "k", "me", good, time.Hour))
			c.has("k", good)
		}
	}
}
