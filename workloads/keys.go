package workloads

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Keys is a population of keys and how popular each is.
type Keys struct {
	Count   int     `yaml:"count" required:"true" min:"1" max:"1000000000000" doc:"how many keys there are"`
	Zipf    float64 `yaml:"zipf" default:"0" min:"0" max:"20" doc:"exponent s of Zipf's law: the k-th most popular key is asked for in proportion to 1/k^s; 0 is uniform"`
	Hot     *Hot    `yaml:"hot" doc:"a few keys that get a fixed share of the requests; Zipf's law holds for the others"`
	OneHit  float64 `yaml:"one_hit" default:"0" unit:"share" min:"0" max:"1" doc:"share of the requests that ask for a key never asked before or again"`
	Prefix  string  `yaml:"prefix" doc:"what the keys begin with, by default the class's name; classes with the same prefix share their keys"`
	Shuffle bool    `yaml:"shuffle" default:"false" doc:"number the keys in random order instead of by popularity"`
}

// Hot is the most popular keys, all alike.
type Hot struct {
	Keys  int     `yaml:"keys" required:"true" min:"1" doc:"how many"`
	Share float64 `yaml:"share" required:"true" unit:"share" min:"0" max:"1" doc:"share of the requests that ask for them"`
}

func (k *Keys) check() error {
	err := cmp.Or(
		checkShare("keys.one_hit", k.OneHit),
		refuse(strings.ContainsFunc(k.Prefix, isBlank), "keys.prefix",
			"%q has a space or a control character, which memcached refuses", k.Prefix),
		refuse(k.Count < 1, "keys.count", "%d keys: there must be at least one", k.Count),
		refuse(!(k.Zipf >= 0 && k.Zipf <= 20), "keys.zipf", "%v is no exponent: write one from 0 to 20; 0 is all keys alike", k.Zipf),
		refuse(len(k.Prefix) > 200, "keys.prefix", "%d bytes are too long: memcached takes 250 for the whole key", len(k.Prefix)),
	)
	if err != nil || k.Hot == nil {
		return err
	}
	return cmp.Or(
		refuse(k.Hot.Keys < 1 || k.Hot.Keys >= k.Count, "keys.hot.keys",
			"%d of %d keys: the hot ones are some and not all", k.Hot.Keys, k.Count),
		checkShare("keys.hot.share", k.Hot.Share),
	)
}

// isBlank reports whether memcached refuses r in a key.
func isBlank(r rune) bool { return r <= ' ' || r == 0x7f }

// tabled is up to how many keys the strings and sizes are kept, each from its
// first use. Beyond that they are made for every request.
const tabled = 1_000_000

// keyring is a population of keys, by popularity: rank 0 is the most popular.
type keyring struct {
	prefix string // of the keys, with its colon
	once   string // of the keys that are asked once
	count  uint64
	alike  bool   // none is more popular than another
	hot    uint64 // keys
	toHot  share
	onceIs share
	rest   zipf // of the keys that are not hot
	number numbering
	size   sizing

	stream *rand.PCG
	hits   uint64 // keys asked once, so far
	table  []item // by rank; nil where there are too many
}

// item is a key and the size of its value.
type item struct {
	key  string
	size int
}

// newKeyring is the population of a class that has keys. Its prefix is part of every
// key, and memcached takes no blanks and control characters in one, so that those of
// a class's name become dashes.
func newKeyring(seed uint64, c Class) *keyring {
	k := c.Keys
	name := strings.Map(func(r rune) rune {
		if isBlank(r) {
			return '-'
		}
		return r
	}, c.Class)
	r := &keyring{
		count: uint64(k.Count), alike: k.Count > 1 && k.Zipf == 0 && k.Hot == nil, onceIs: shareOf(k.OneHit),
		size: newSizing(c.Size), stream: substream(seed, "keys/"+c.Class),
	}
	r.prefix, r.once = name+":", name+":once:"
	if k.Prefix != "" && k.Prefix != name {
		r.prefix, r.once = k.Prefix+":", k.Prefix+":"+name+":once:"
	}
	if k.Hot != nil {
		r.hot, r.toHot = uint64(k.Hot.Keys), shareOf(k.Hot.Share)
	}
	r.rest = newZipf(r.count-r.hot, k.Zipf)
	if k.Shuffle {
		r.number = newNumbering(r.count, substream(seed, "shuffle/"+r.prefix))
	}
	if r.count <= tabled {
		r.table = make([]item, r.count)
	}
	return r
}

// draw returns the next request's key with its rank, counted from 1, and the size of its
// value. It allocates for a key that is met for the first time, or that is not kept.
func (r *keyring) draw() (key string, place, size int) {
	if r.onceIs.hit(r.stream) {
		key := join(r.once, r.hits)
		r.hits++
		return key, 0, r.size.of(key)
	}
	var rank uint64
	if r.toHot.hit(r.stream) {
		rank = below(r.hot, r.stream)
	} else {
		rank = r.hot + r.rest.draw(r.stream)
	}
	key, size = r.item(rank)
	return key, r.place(rank), size
}

// place is a rank as a request has it: counted from 1, and 0 among keys that are all alike.
func (r *keyring) place(rank uint64) int {
	if r.alike {
		return 0
	}
	return int(rank) + 1
}

// item is the key of a rank and the size of its value.
func (r *keyring) item(rank uint64) (string, int) {
	if r.table == nil {
		key := join(r.prefix, r.number.of(rank))
		return key, r.size.of(key)
	}
	it := &r.table[rank]
	if it.key == "" {
		it.key = join(r.prefix, r.number.of(rank))
		it.size = r.size.of(it.key)
	}
	return it.key, it.size
}

// share is the probability that a request asks for the key of a rank.
func (r *keyring) share(rank uint64) float64 {
	known := 1 - float64(r.onceIs)*0x1p-64
	hot := float64(r.toHot) * 0x1p-64
	if rank < r.hot {
		return known * hot / float64(r.hot)
	}
	return known * (1 - hot) * r.rest.share(rank-r.hot)
}

// join is prefix and number; the text is made on the stack, so that the string is the
// only allocation.
func join(prefix string, n uint64) string {
	var space [64]byte
	return string(strconv.AppendUint(append(space[:0], prefix...), n, 10))
}

// numbering maps the ranks below n to the numbers below n, one to one. The zero
// numbering leaves them as they are.
//
// It permutes the numbers of as many bits as n has, by steps that can each be
// undone (multiplying by an odd number, folding high bits into low ones), and
// goes on until the result is below n: the way of cycle-walking (Black and
// Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). It takes less than
// two rounds on average, and no memory.
type numbering struct {
	n, mask uint64
	fold    uint
	odd     [3]uint64
	add     uint64
}

// newNumbering draws a permutation of the numbers below n.
func newNumbering(n uint64, stream *rand.PCG) numbering {
	width := uint(bits.Len64(n - 1))
	m := numbering{n: n, mask: 1<<width - 1, fold: (width + 1) / 2, add: stream.Uint64()}
	for i := range m.odd {
		m.odd[i] = stream.Uint64() | 1
	}
	return m
}

// rankOf is the rank of a number, which is below n: every step is undone, the last first.
func (m *numbering) rankOf(number uint64) uint64 {
	if m.n == 0 {
		return number
	}
	for x := number; ; {
		for i := len(m.odd) - 1; i >= 0; i-- {
			x ^= x >> m.fold // folding by half of the bits is its own opposite
			x = x * inverse(m.odd[i]) & m.mask
		}
		if x = (x - m.add) & m.mask; x < m.n {
			return x
		}
	}
}

// inverse is that of an odd number modulo 2^64, by Newton's method: x*x is 1 modulo 8, so
// that x has its own three last bits, and each step doubles their number.
func inverse(odd uint64) uint64 {
	x := odd
	for range 5 {
		x *= 2 - odd*x
	}
	return x
}

// of is the number of a rank.
func (m *numbering) of(rank uint64) uint64 {
	if m.n == 0 {
		return rank
	}
	x := rank
	for {
		x = (x + m.add) & m.mask
		for _, odd := range m.odd {
			x = x * odd & m.mask
			x ^= x >> m.fold
		}
		if x < m.n {
			return x
		}
	}
}
