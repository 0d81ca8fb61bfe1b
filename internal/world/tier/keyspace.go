package tier

import (
	"strconv"
	"sync"
)

// A key on the wire is prefix:version:key, as Django composes it
// (django/core/cache/backends/base.py, default_key_func): the prefix tells the
// programs and the named caches apart that share a node, and a new version makes
// misses of all that was stored under the one before. The old entries keep their
// memory until they expire or are evicted.
//
// The ring hashes the key alone, as libmemcached does with a prefix that it was
// told of (HASH_WITH_PREFIX_KEY is off by default): all versions of a key share a
// node.

// DefaultCache is the named cache of everything that names none.
const DefaultCache = "default"

// KeyPrefix is what stands in front of the keys of one version of a named cache: its
// name, of which the default one has none as in Django, and their version. Its length
// counts in every entry's memory. Named caches share nodes, memory and flushes.
func KeyPrefix(cache string, version int) string {
	if cache == DefaultCache {
		cache = ""
	}
	return cache + ":" + strconv.Itoa(version) + ":"
}

// keyspace is the keys of one prefix and version. That a key has a prefix is known
// by the map it is in, so that no key is ever put together.
type keyspace struct {
	number int // among those of a tier
	length int // of the prefix on the wire, in bytes
}

// keyspaces are those of a tier, by their prefixes. There are as many as named caches
// and versions, and they are never given up.
type keyspaces struct {
	mu  sync.Mutex
	all map[string]keyspace
}

// withPrefix is the keyspace of a prefix, a new one where there is none yet.
func (s *keyspaces) withPrefix(prefix string) keyspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.all[prefix]
	if !ok {
		k = keyspace{len(s.all), len(prefix)}
		if s.all == nil {
			s.all = make(map[string]keyspace)
		}
		s.all[prefix] = k
	}
	return k
}

// wireKey is a key in its keyspace, where both are needed in one: locks and leases are
// few, and one map of them is simpler than a map for each keyspace.
type wireKey struct {
	space int
	key   string
}
