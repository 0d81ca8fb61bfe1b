// Package ring says which node of a cache tier owns a key, in the dialects of the
// clients that are in use: hash % n, libketama, the three variants of libmemcached,
// pylibmc, rendezvous. Two clients that disagree about one key have two caches, so
// each dialect is kept to the point, and the tests hold it against what the
// originals answer (RJ/ketama at 18cf9a7, libmemcached 1.1.4, pylibmc 1.6.3).
package ring

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/hash"
)

// The kinds of ring that New makes.
const (
	// Modulo is hash % n, the default of libmemcached and of most clients: when
	// n changes to n+1, n/(n+1) of the keys change their node.
	Modulo = "modulo"

	// Ketama is the consistent hashing of libketama (Last.fm, 2007), point for
	// point: when n changes to n+1, about 1/(n+1) of the keys move.
	Ketama = "ketama"

	// KetamaWeighted is Ketama as libmemcached's KETAMA_WEIGHTED has it: the
	// points of a node on port 11211 come from its name without the port, so
	// that the two disagree on almost every key.
	KetamaWeighted = "ketama-weighted"

	// KetamaUnweighted is libmemcached's "consistent ketama" with MD5, what the
	// documentation of pylibmc says of its behaviour ketama: 100 points a node,
	// one a digest, whatever the weights.
	KetamaUnweighted = "ketama-unweighted"

	// Pylibmc is what that behaviour does in fact, in pylibmc 1.6.3 with
	// libmemcached 1.1.4: 100 points a node, by the hash of Modulo, which it
	// leaves as it is.
	Pylibmc = "pylibmc"

	// Rendezvous is highest random weight (Thaler and Ravishankar, "Using
	// name-based mappings to increase hit rates", 1998): the even spread of
	// Modulo and the few moves of Ketama, for a lookup in O(n).
	Rendezvous = "rendezvous"
)

// Ring says which node owns a key. It is immutable, and so safe for concurrent
// use: a change of membership makes a new one.
type Ring interface {
	// Owner is the node that owns key, an index into the nodes that New got, or -1
	// if none of them is alive.
	Owner(key string) int
}

// New makes a ring of the given kind from those nodes that are alive; a nil
// alive means all. A node is a name, "host:port", that places it on the ring; all
// have an equal share. The dead are left out as if they were not listed, so that
// Modulo divides by the number alive. The order of the nodes matters to Modulo
// alone. It is an error if the kind is unknown, if alive has another length
// than nodes, and if a name is empty or given twice.
func New(kind string, nodes []string, alive []bool) (Ring, error) {
	members, err := living(nodes, alive)
	if err != nil {
		return nil, err
	}
	switch kind {
	case Modulo:
		return modulo(members), nil
	case Ketama:
		return newKetama(members, libketama), nil
	case KetamaWeighted:
		return newKetama(members, weighted), nil
	case KetamaUnweighted:
		return newKetama(members, unweighted), nil
	case Pylibmc:
		return newKetama(members, jenkins), nil
	case Rendezvous:
		return newRendezvous(members), nil
	}
	return nil, fmt.Errorf("unknown ring %q: use one of %s", kind, strings.Join(Kinds(), ", "))
}

// Kinds lists the kinds of ring.
func Kinds() []string {
	return []string{Modulo, Ketama, KetamaWeighted, KetamaUnweighted, Pylibmc, Rendezvous}
}

// member is a node that takes part, with its index among all. Weight is its share
// relative to the others', in any unit. It is 1, and is here for the sake of the
// originals' own test vectors, which have others.
type member struct {
	name   string
	weight int
	index  int
}

// living checks all nodes and returns those alive, in the given order.
func living(nodes []string, alive []bool) ([]member, error) {
	if alive != nil && len(alive) != len(nodes) {
		return nil, fmt.Errorf("ring of %d nodes: alive has %d entries, give one for each node or nil for all alive", len(nodes), len(alive))
	}
	seen := make(map[string]int, len(nodes))
	members := make([]member, 0, len(nodes))
	for i, name := range nodes {
		if name == "" {
			return nil, fmt.Errorf("ring node %d has no name: give it one, as in \"10.0.0.1:11211\"", i)
		}
		if first, twice := seen[name]; twice {
			return nil, fmt.Errorf("ring nodes %d and %d are both named %q: give each its own name", first, i, name)
		}
		seen[name] = i
		if alive == nil || alive[i] {
			members = append(members, member{name, 1, i})
		}
	}
	return members, nil
}

// sortedByName returns the members in the order that breaks ties between nodes: it
// does not depend on how they are listed, nor on who else is there.
func sortedByName(members []member) []member {
	return slices.SortedFunc(slices.Values(members), func(a, b member) int { return cmp.Compare(a.name, b.name) })
}

// modulo owns by hash % n.
type modulo []member

func (r modulo) Owner(key string) int {
	if len(r) == 0 {
		return -1
	}
	return r[oneAtATime(key)%uint32(len(r))].index
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

// rendezvous gives a key to the node that has drawn the best lot for it, where
// the lot is a hash of key and node. A node that goes leaves all other lots as
// they were, so that only its own keys move.
type rendezvous struct {
	members []member // by name: the first of equal lots wins
	seeds   []uint64 // of members[i]
}

func newRendezvous(members []member) *rendezvous {
	r := &rendezvous{members: sortedByName(members)}
	for _, m := range r.members {
		r.seeds = append(r.seeds, hash.Mix(hash.FNV1a(m.name)))
	}
	return r
}

func (r *rendezvous) Owner(key string) int {
	if len(r.members) == 0 {
		return -1
	}
	h := hash.FNV1a(key)
	best, top := 0, uint64(0)
	for i, seed := range r.seeds {
		if lot := hash.Mix(h ^ seed); lot > top {
			best, top = i, lot
		}
	}
	return r.members[best].index
}
