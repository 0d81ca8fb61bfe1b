package tier

import (
	"time"

	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// Config is the shared cache tier: nodes on a ring, and the client in
// every box that talks to them.
type Config struct {
	Nodes     int           `yaml:"nodes" default:"1" min:"1" max:"10000" doc:"cache servers"`
	Ring      string        `yaml:"ring" default:"ketama" enum:"modulo,modulo-md5,modulo-crc,modulo-fnv1a,ketama,ketama-weighted,ketama-unweighted,pylibmc,nginx,nginx-modulo,python-memcached,rendezvous,pymemcache,redis-cluster" doc:"which node owns a key, as the client of that name has it (docs/model.md): hash modulo n; consistent hashing; highest random weight; the slots of Redis Cluster"`
	Rings     []string      `yaml:"rings" enum:"modulo,modulo-md5,modulo-crc,modulo-fnv1a,ketama,ketama-weighted,ketama-unweighted,pylibmc,nginx,nginx-modulo,python-memcached,rendezvous,pymemcache,redis-cluster" doc:"rings of the boxes where they differ, used instead of ring: box 0 has the first, and after the last they start over"`
	RTT       time.Duration `yaml:"rtt" default:"500us" min:"0s" doc:"round-trip time of one operation"`
	Bandwidth float64       `yaml:"bandwidth" default:"0" unit:"bytes/s" min:"0" doc:"network bandwidth of one node, for the bytes of values alone: it is no limit of operations, of which a miss, a lock and a delete take none of it; 0 is no limit"`
	Memory    int64         `yaml:"memory" default:"0" unit:"bytes" min:"0" doc:"memory of one node: values, keys and 64 bytes an entry; 0 is no limit"`
	MaxItem   int64         `yaml:"max_item" default:"0" unit:"bytes" min:"0" doc:"largest entry of a node, key and 64 bytes included; a larger one is refused and deletes the old one. memcached: 1MiB; 0 is no limit"`
	Eviction  string        `yaml:"eviction" default:"lru" enum:"lru,random,none" doc:"what a full node or process evicts; none refuses to store"`

	Expiry string `yaml:"expiry" default:"exact" enum:"exact,memcached,django,django-1.5,django-pylibmc" doc:"how a node counts a ttl: exactly, in memcached's whole seconds (above 30 days a date), or as a Django backend sends them (docs/model.md)"`
	Sweep  string `yaml:"sweep" default:"auto" enum:"auto,redis,memcached" doc:"whose way a node has to free expired entries that nobody reads, which take memory until then: redis looks at 20 of them 10 times a second, memcached walks over all every 6 s to an hour; auto is memcached where expiry is one of its, else redis (docs/model.md)"`

	Timeout    time.Duration `yaml:"timeout" default:"250ms" min:"1us" doc:"how long a box waits for a node"`
	FailFast   time.Duration `yaml:"fail_fast" default:"0s" min:"0s" doc:"how long a box fails at once instead of asking a node that just failed (libmemcached's retry_timeout)"`
	EjectAfter int           `yaml:"eject_after" default:"0" min:"0" doc:"failures in a row after which a box takes a node off its ring; 0 is never (pylibmc's remove_failed, libmemcached's failure_limit)"`
	RetryAfter time.Duration `yaml:"retry_after" default:"60s" min:"1ms" with:"eject_after" doc:"after how long a box puts a node back on its ring; the next failure takes it off again (libmemcached's dead_timeout)"`

	OnReturn  string        `yaml:"on_return" default:"keep" enum:"keep,flush" with:"eject_after" doc:"what a box does with a node that it puts back: keep its memory, or flush it first (python-memcached's flush_on_reconnect)"`
	LookBack  time.Duration `yaml:"look_back" default:"0s" min:"0s" doc:"how long after a change of nodes a miss is also looked up on the node that had the key before; 0 is never"`
	Gutter    int           `yaml:"gutter" default:"0" min:"0" max:"1000" doc:"spare nodes that own no keys and are asked when a node does not answer or is off the ring"`
	GutterTTL time.Duration `yaml:"gutter_ttl" default:"10s" min:"1ms" with:"gutter" doc:"longest life of an entry in the gutter, where nothing is invalidated"`

	Own []Own `yaml:"own" doc:"named caches with nodes of their own, which have their own memory and are flushed separately"`

	Values  string        `yaml:"values" default:"nodes" enum:"nodes,process" doc:"where values live: on the cache servers, or in the memory of each box's process, private to it; locks stay on the servers"`
	Process ProcessConfig `yaml:"process" with:"values: process" doc:"with values: process, the size of that memory"`
}

// Own is nodes that a named cache shares with no other, as one gives sessions servers
// of their own so that pages do not evict them and a flush of pages logs nobody out.
type Own struct {
	Cache  string `yaml:"cache" required:"true" doc:"a named cache of the workload"`
	Nodes  int    `yaml:"nodes" default:"1" min:"1" max:"1000" doc:"its cache servers; faults number them after the shared ones"`
	Memory int64  `yaml:"memory" default:"0" unit:"bytes" min:"0" doc:"memory of one of them; 0 is no limit"`
}

// ForOwn is the configuration of such nodes: all else is as that of the shared ones,
// their ring, gutter and time-outs included.
func (c Config) ForOwn(o Own) Config {
	c.Nodes, c.Memory, c.Own = o.Nodes, o.Memory, nil
	return c
}

// AllNodes is the number of nodes that faults can befall: those of the ring and those
// of named caches.
func (c Config) AllNodes() int {
	n := c.Nodes
	for _, o := range c.Own {
		n += o.Nodes
	}
	return n
}

// ExactExpiry is the word of [Config].Expiry for what the lab's own stores do.
const ExactExpiry = "exact"

// Dialect is, where values live in memcached, in what terms the caches' clients speak of time; "" is exactly.
func (c Config) Dialect() lifetime.Dialect {
	if c.Expiry == ExactExpiry {
		return ""
	}
	return lifetime.Dialect(c.Expiry)
}

// sweepWord is whose way a node has to free what has expired.
func (c Config) sweepWord() string {
	switch {
	case c.Sweep != "" && c.Sweep != AutoSweep:
		return c.Sweep
	case c.Dialect() != "":
		return MemcachedSweep
	}
	return RedisSweep
}

// ringOf is the ring of a box's client: a box after the last of Rings begins with
// the first again. Clients that are no box's have the first.
func (c Config) ringOf(box int) string {
	if len(c.Rings) == 0 {
		return c.Ring
	}
	return c.Rings[max(box, 0)%len(c.Rings)]
}
