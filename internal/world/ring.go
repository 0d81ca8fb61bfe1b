package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The kinds of ring that NewRing makes.
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
	// Node is the owner of key, an index into the nodes that NewRing got, or -1
	// if none of them is alive.
	Node(key string) int
}

// RingNode is a cache node as the hash sees it.
type RingNode struct {
	// Name is "host:port". It places the node on the ring and is unique there.
	Name string

	// Weight is the node's share relative to the others', in any unit (libketama
	// uses megabytes). Zero counts as 1. Modulo ignores it, as libmemcached does,
	// and so do KetamaUnweighted and Pylibmc, where libmemcached would go over to
	// KetamaWeighted.
	Weight int
}

// maxWeight is the greatest weight that a float32, the type in which libketama
// divides, still holds exactly.
const maxWeight = 1 << 24

// NewRing makes a ring of the given kind from those nodes that are alive; a nil
// alive means all. The dead are left out as if they were not listed, so that
// Modulo divides by the number alive. The order of the nodes matters to Modulo
// alone. It is an error if the kind is unknown, if alive has another length
// than nodes, if a name is empty or given twice, and if a weight is below 0 or
// above 2^24.
func NewRing(kind string, nodes []RingNode, alive []bool) (Ring, error) {
	members, err := ringMembers(nodes, alive)
	if err != nil {
		return nil, err
	}
	switch kind {
	case Modulo:
		return newModulo(members), nil
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
	return nil, fmt.Errorf("unknown ring %q: use one of %s", kind, strings.Join(ringKinds(), ", "))
}

// ringKinds lists the kinds of ring.
func ringKinds() []string {
	return []string{Modulo, Ketama, KetamaWeighted, KetamaUnweighted, Pylibmc, Rendezvous}
}

// ringMember is a node that takes part, with its index among all.
type ringMember struct {
	name   string
	weight int
	index  int
}

// ringMembers checks all nodes and returns those alive, in the given order.
func ringMembers(nodes []RingNode, alive []bool) ([]ringMember, error) {
	if alive != nil && len(alive) != len(nodes) {
		return nil, fmt.Errorf("ring of %d nodes: alive has %d entries, give one for each node or nil for all alive", len(nodes), len(alive))
	}
	seen := make(map[string]int, len(nodes))
	members := make([]ringMember, 0, len(nodes))
	for i, n := range nodes {
		if n.Name == "" {
			return nil, fmt.Errorf("ring node %d has no name: give it one, as in \"10.0.0.1:11211\"", i)
		}
		if first, twice := seen[n.Name]; twice {
			return nil, fmt.Errorf("ring nodes %d and %d are both named %q: give each its own name", first, i, n.Name)
		}
		if n.Weight < 0 || n.Weight > maxWeight {
			return nil, fmt.Errorf("ring node %q has weight %d: use 0 to %d", n.Name, n.Weight, maxWeight)
		}
		seen[n.Name] = i
		if alive == nil || alive[i] {
			members = append(members, ringMember{n.Name, max(n.Weight, 1), i})
		}
	}
	return members, nil
}

// byName is the order that breaks ties between nodes: it does not depend on how
// they are listed, nor on who else is there.
func byName(a, b ringMember) int { return cmp.Compare(a.name, b.name) }

// sortedByName returns the members in the order of byName.
func sortedByName(members []ringMember) []ringMember {
	return slices.SortedFunc(slices.Values(members), byName)
}
