package ring

import (
	"crypto/md5"
	"encoding/binary"
	"math"
	"strings"
)

// ketamaDialect is what the implementations of ketama disagree on.
type ketamaDialect struct {
	// label is the text that a node's points are the hashes of, before "-k".
	label func(name string) string

	// texts is how many of these a node gets that has the given weight out of
	// total, among n nodes.
	texts func(weight, total, n int) int

	// points appends the places that one text stands for.
	points func(at []uint32, text []byte) []uint32

	// chain appends all places of a node in one, for a dialect that makes them one of
	// another and has no texts; else nil.
	chain func(at []uint32, name string) []uint32

	// hash is the place of a key.
	hash func(key string) uint32
}

// libketama is RJ/ketama at 18cf9a7, of 2007: at equal weights 40 texts of 4
// points each. It divides in single precision and truncates, so that some numbers
// of equal nodes come out at 39, which is 156 points: the least is 61. A small
// enough weight gets none.
var libketama = ketamaDialect{
	label: func(name string) string { return name },
	texts: func(weight, total, n int) int {
		share := float32(weight) / float32(total)
		product := float64(float64(share)*40) * float64(n)
		return int(math.Floor(float64(float32(product))))
	},
	points: fourOfMD5, hash: ketamaHash,
}

// weighted is libmemcached 1.1.4 with KETAMA_WEIGHTED. It rounds at every step,
// and the 1e-10 it adds is lost in single precision: the least number of equal
// nodes with 39 texts each is 25.
var weighted = ketamaDialect{
	label: withoutPort,
	texts: func(weight, total, n int) int {
		share := float32(weight) / float32(total)
		product := float32(float32(share*160)/4) * float32(n)
		return int(math.Floor(float64(float32(float64(product) + 1e-10))))
	},
	points: fourOfMD5, hash: ketamaHash,
}

// unweighted is libmemcached 1.1.4 with KETAMA and the hash MD5: 100 points a
// node, one a text, whatever its weight.
var unweighted = ketamaDialect{
	label: withoutPort, texts: func(_, _, _ int) int { return 100 },
	points: func(at []uint32, text []byte) []uint32 {
		sum := md5.Sum(text)
		return append(at, binary.LittleEndian.Uint32(sum[:]))
	},
	hash: ketamaHash,
}

// jenkins is libmemcached 1.1.4 with KETAMA alone: its default hash stays, for
// points and keys.
var jenkins = ketamaDialect{
	label: withoutPort, texts: unweighted.texts,
	points: func(at []uint32, text []byte) []uint32 { return append(at, oneAtATime(text)) },
	hash:   oneAtATime[string],
}

// nginx is "hash KEY consistent": 160 points a node, each the CRC32 of the host, a zero
// byte, the port and the point before it. A name without a port has an empty one.
var nginx = ketamaDialect{
	chain: func(at []uint32, name string) []uint32 {
		host, port := name, ""
		if i := strings.LastIndexByte(name, ':'); i >= 0 && strings.Trim(name[i+1:], "0123456789") == "" {
			host, port = name[:i], name[i+1:]
		}
		label := crc(0, host+"\x00"+port)
		var before [4]byte
		for range 160 {
			point := crc(label, before[:])
			at = append(at, point)
			binary.LittleEndian.PutUint32(before[:], point)
		}
		return at
	},
	hash: func(key string) uint32 { return crc(0, key) },
}

// withoutPort is how libmemcached labels a node on memcached's own port.
func withoutPort(name string) string { return strings.TrimSuffix(name, ":11211") }

// fourOfMD5 are the four words of a text's MD5 sum.
func fourOfMD5(at []uint32, text []byte) []uint32 {
	sum := md5.Sum(text)
	for part := 0; part < len(sum); part += 4 {
		at = append(at, binary.LittleEndian.Uint32(sum[part:]))
	}
	return at
}

// ketamaHash is the first word of a key's MD5 sum. The buffer holds the longest
// key that memcached allows; a longer one is copied to the heap.
func ketamaHash(key string) uint32 {
	var buf [250]byte
	sum := md5.Sum(append(buf[:0], key...))
	return binary.LittleEndian.Uint32(sum[:])
}
