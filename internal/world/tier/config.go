package tier

import (
	"time"

	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// Config is the shared cache tier: nodes on a ring, and the client in
// every box that talks to them.
type Config struct {
	Nodes     int           `yaml:"nodes" default:"1" min:"1" max:"10000" doc:"cache servers"`
	Ring      string        `yaml:"ring" default:"ketama" enum:"modulo,ketama,ketama-weighted,ketama-unweighted,pylibmc,rendezvous" doc:"which node owns a key: hash % n; consistent hashing as in libketama, in libmemcached with weights or without, in pylibmc; highest random weight"`
	Rings     []string      `yaml:"rings" enum:"modulo,ketama,ketama-weighted,ketama-unweighted,pylibmc,rendezvous" doc:"rings of the boxes' clients, in place of ring, where they differ: the first box has the first, and after the last the first comes again"`
	RTT       time.Duration `yaml:"rtt" default:"500us" min:"0s" doc:"round-trip time of one operation"`
	Bandwidth float64       `yaml:"bandwidth" default:"0" unit:"bytes/s" min:"0" doc:"network of one node, shared by all who read from it; 0 is without limit"`
	Memory    int64         `yaml:"memory" default:"0" unit:"bytes" min:"0" doc:"memory of one node for values, keys and 64 bytes an entry; 0 is without limit"`
	MaxItem   int64         `yaml:"max_item" default:"0" unit:"bytes" min:"0" doc:"largest entry that a node takes, key and 64 bytes included; a larger one is refused and takes the old one with it. memcached's limit is 1MiB unless it is told another; 0 is without limit"`
	Eviction  string        `yaml:"eviction" default:"lru" enum:"lru,random,none" doc:"what a full node, or process, gives up; with none it refuses to store"`

	Expiry string `yaml:"expiry" default:"exact" enum:"exact,memcached,django,django-1.5,django-pylibmc" doc:"what the ttl of a value comes to at a node: exact is what was meant; the others send memcached whole seconds, which it counts by ticks: as they are, so that more than 30 days is an instant since 1970, or as a Django backend makes them, for which a ttl of 0 is gone at once (django), five minutes (django-1.5) or for ever (django-pylibmc)"`

	Timeout    time.Duration `yaml:"timeout" default:"250ms" min:"1us" doc:"how long a box waits for a node that does not answer"`
	FailFast   time.Duration `yaml:"fail_fast" default:"0s" min:"0s" doc:"how long a box does not ask a node that has just failed: its keys fail at once (retry_timeout of libmemcached)"`
	EjectAfter int           `yaml:"eject_after" default:"0" min:"0" doc:"failures in a row after which a box takes a node off its ring; 0 is never, its keys just fail (remove_failed of pylibmc, failure_limit of libmemcached)"`
	RetryAfter time.Duration `yaml:"retry_after" default:"60s" min:"1ms" doc:"when a box puts a node on its ring again that it took off; the next failure takes it off again (dead_timeout of libmemcached)"`

	OnReturn  string        `yaml:"on_return" default:"keep" enum:"keep,flush" doc:"what a box does with a node that it puts on its ring again: take it with the memory it has, or flush it first (flush_on_reconnect of python-memcached)"`
	LookBack  time.Duration `yaml:"look_back" default:"0s" min:"0s" doc:"for how long after nodes joined or left a miss is looked up, too, on the node that had the key before, and stored on the one that has it now; 0 is not at all"`
	Gutter    int           `yaml:"gutter" default:"0" min:"0" max:"1000" doc:"further nodes that own no keys: whoever gets no answer from a node asks there instead, and a node that is off the ring leaves its keys to them and not to the other nodes"`
	GutterTTL time.Duration `yaml:"gutter_ttl" default:"10s" min:"1ms" doc:"gutter: how long an entry lives there at most; nobody invalidates it"`

	Own []Own `yaml:"own" doc:"named caches that have nodes of their own, with a memory and a flush of their own"`

	Values  string        `yaml:"values" default:"nodes" enum:"nodes,process" doc:"where values live: on the cache servers, or in the memory of each box's own process, unseen by the others; locks are on the servers all the same"`
	Process ProcessConfig `yaml:"process" doc:"values: process: the size of such a memory"`
}

// Own is nodes that a named cache shares with no other.
type Own struct {
	Cache  string `yaml:"cache" required:"true" doc:"a named cache of the workload"`
	Nodes  int    `yaml:"nodes" default:"1" min:"1" max:"1000" doc:"its cache servers, which faults count on from the shared ones"`
	Memory int64  `yaml:"memory" default:"0" unit:"bytes" min:"0" doc:"memory of one of them; 0 is without limit"`
}

// ForOwn is the configuration of such nodes: all else is as that of the shared ones.
func (c Config) ForOwn(o Own) Config {
	c.Nodes, c.Memory, c.Own = o.Nodes, o.Memory, nil
	return c
}

// AllNodes is the number of nodes that faults can befall.
func (c Config) AllNodes() int {
	n := c.Nodes
	for _, o := range c.Own {
		n += o.Nodes
	}
	return n
}

// AllWithGutter is the number of all nodes.
func (c Config) AllWithGutter() int { return c.AllNodes() + c.Gutter*(1+len(c.Own)) }

// ExactExpiry is the word of [Config].Expiry for what the lab's own stores do.
const ExactExpiry = "exact"

// Dialect is in what terms the caches' clients speak of time; "" is exactly.
func (c Config) Dialect() lifetime.Dialect {
	if c.Expiry == ExactExpiry {
		return ""
	}
	return lifetime.Dialect(c.Expiry)
}

// ringOf is the ring of a box's client: a box after the last of Rings begins with
// the first again.
func (c Config) ringOf(box int) string {
	if len(c.Rings) == 0 {
		return c.Ring
	}
	return c.Rings[max(box, 0)%len(c.Rings)]
}
