// Package hash is the two hashes that decide what a seed and a name come to: the
// random streams of a run, the draws of an origin, the lots of a rendezvous ring.
// What they answer is part of every result, so it is the same for ever and on
// every machine.
package hash

// FNV1a is the 64-bit FNV-1a hash of Fowler, Noll and Vo. Texts that differ in
// their last byte have neighbouring hashes: spread them by [Mix].
func FNV1a(text string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return h
}

// Mix is a bijection that spreads every bit of x over all: the finalizer of
// SplitMix64 (variant 13 of Stafford's; Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", 2014). It takes 0 to 0.
func Mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
