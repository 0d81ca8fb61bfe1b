package ring

import (
	"hash/crc32"
	"strconv"
)

// modulo owns by hash % n.
type modulo struct {
	members []member
	hash    func(key string) uint32
}

func (r modulo) Owner(key string) int {
	if len(r.members) == 0 {
		return -1
	}
	return r.members[r.hash(key)%uint32(len(r.members))].index
}

// rehash owns by hash % n too, but counts the nodes that are down: a key that comes to
// one of them is hashed anew, so that the keys of the living stay where they are.
type rehash struct {
	members []member
	hash    func(key string) uint32

	// next is the hash of the try after the one with hash h; the first try is 0.
	next func(h uint32, key string, try int) uint32

	// after is how many tries there are, and orElse what becomes of a key whose tries
	// all came to nodes that are down.
	after  int
	orElse func(h uint32, members []member) int
}

func (r *rehash) Owner(key string) int {
	if len(r.members) == 0 {
		return -1
	}
	h := r.hash(key)
	for try := range r.after {
		if m := r.members[h%uint32(len(r.members))]; !m.down {
			return m.index
		}
		h = r.next(h, key, try)
	}
	return r.orElse(h, r.members)
}

// nginxModulo is ngx_http_upstream_hash_module without "consistent", after
// Cache::Memcached: the hashes of the tries are added up. After 20 it takes the peers
// in turn whatever the key; here a key keeps to the next one alive.
func nginxModulo(members []member) *rehash {
	return &rehash{
		members: members, hash: crc15[string], after: 21,
		next: func(h uint32, key string, try int) uint32 {
			var buf [250]byte
			again := append(strconv.AppendInt(buf[:0], int64(try)+1, 10), key...)
			return h + crc15(again)
		},
		orElse: func(h uint32, members []member) int {
			for i := range members {
				if m := members[(int(h%uint32(len(members)))+i)%len(members)]; !m.down {
					return m.index
				}
			}
			return -1
		},
	}
}

// pythonMemcached is Client._get_server of python-memcached, whose hash is never 0. Each
// try hashes the digits of the last hash and of the try; after ten there is no node.
func pythonMemcached(members []member) *rehash {
	return &rehash{
		members: members, after: 10,
		hash: func(key string) uint32 { return max(crc15(key), 1) },
		next: func(h uint32, _ string, try int) uint32 {
			var buf [20]byte
			digits := strconv.AppendInt(strconv.AppendUint(buf[:0], uint64(h), 10), int64(try), 10)
			return max(crc15(digits), 1)
		},
		orElse: func(uint32, []member) int { return -1 },
	}
}

// oneAtATime is Bob Jenkins's hash of that name ("Hash functions", Dr. Dobb's,
// 1997), the default of libmemcached. There a byte is a C char, which is signed
// on amd64: bytes from 0x80 on are extended by their sign, and that is kept.
func oneAtATime[T string | []byte](key T) uint32 {
	var h uint32
	for i := range len(key) {
		h += uint32(int8(key[i]))
		h += h << 10
		h ^= h >> 6
	}
	h += h << 3
	h ^= h >> 11
	h += h << 15
	return h
}

// fnv1aSigned is libmemcached's fnv1a_32: FNV-1a of 32 bits, with a byte extended by
// its sign as in oneAtATime.
func fnv1aSigned(key string) uint32 {
	h := uint32(0x811c9dc5)
	for i := range len(key) {
		h = (h ^ uint32(int8(key[i]))) * 0x01000193
	}
	return h
}

// crc15 is bits 16 to 30 of the CRC32, the hash of Cache::Memcached, which many clients
// kept: there are 32,768 of them.
func crc15[T string | []byte](key T) uint32 { return crc(0, key) >> 16 & 0x7fff }

// crc goes on from the CRC32 (IEEE) of what came before text. It is written out because
// the standard library takes bytes, and a lookup must not copy the key to the heap.
func crc[T string | []byte](before uint32, text T) uint32 {
	h := ^before
	for i := range len(text) {
		h = crc32.IEEETable[byte(h)^text[i]] ^ h>>8
	}
	return ^h
}
