// Package catalog is the list of strategies. Whatever treats all of them alike reads it:
// the loader of scenarios, the JSON Schema, the references, the table in the README, and
// the tests of what every strategy promises. A new strategy is its own file and one entry
// of [All]; the tests name what else it owes.
package catalog

import (
	"reflect"

	"github.com/herdlab/herdlab/internal/published"
	"github.com/herdlab/herdlab/strategies"
)

// Kind is one strategy: its name, what is said of it, what has to be known of it before
// it is built, and how that is done.
type Kind struct {
	Name string // as scenarios spell it
	Doc  string // one line, without a full stop

	// Two cells of the table in the README: who computes a missing value, and what the
	// others get meanwhile.
	Computes, Others string

	Over      bool // stands over another strategy
	Uncached  bool // has no cache: every request computes
	Leases    bool // its store has to hand out leases, see [strategies.Leaser]
	Publishes bool // one publisher serves the whole fleet

	// Why it makes no sense where the values are in the processes of the boxes, in
	// files of each box (what follows "the disk"), or behind a web server that reads the
	// store by itself. Empty: it does.
	NotInProcess, NotOnDisk, NotBehindFront string

	recipe
}

// Config is a new configuration, with every field left out: a pointer to a struct that
// has the tags of package tag.
func (k Kind) Config() any { return k.config() }

// Settings is the type of the configuration.
func (k Kind) Settings() reflect.Type { return reflect.TypeOf(k.config()).Elem() }

// All is every strategy, the simplest first.
func All() []Kind {
	return []Kind{
		{
			Name: "direct", Doc: "no cache: every request computes", Uncached: true,
			Computes: "everybody: there is no cache", Others: "they compute too",
			recipe: each(func(p Parts, c strategies.DirectConfig) (strategies.Strategy, error) {
				return strategies.NewDirect(p.Loader, c)
			}),
		},
		{
			Name: "naive", Doc: "cache-aside: look in the cache, on a miss compute and store; nobody coordinates",
			Computes: "everybody who misses", Others: "they compute too: the herd",
			recipe: each(func(p Parts, c strategies.NaiveConfig) (strategies.Strategy, error) {
				return strategies.NewNaive(p.Store, p.Loader, c)
			}),
		},
		{
			Name: "mutex", Doc: "one computes under a lock in the shared cache, the others fail or wait",
			Computes: "the one who gets the lock", Others: "refused at once, a bounded wait, or a place in the queue for the lock",
			recipe: each(func(p Parts, c published.MutexConfig) (strategies.Strategy, error) {
				return published.NewMutex(p.Store, p.Locker, p.Loader, c)
			}),
		},
		{
			Name: "swr", Doc: "stale-while-revalidate: an old value is served while one refreshes it",
			Computes: "the one who gets the lock, in the background", Others: "the stale value; where there is none, refused or a bounded wait",
			recipe: each(func(p Parts, c strategies.SWRConfig) (strategies.Strategy, error) {
				return strategies.NewSWR(p.Store, p.Locker, p.Loader, c)
			}),
		},
		{
			Name: "pool", Doc: "a few of the fleet compute a key, a few more wait, and the others get a stale value or fail",
			Computes: "a few, each with a slot", Others: "the stale value, a bounded wait, or refused",
			recipe: each(func(p Parts, c strategies.PoolConfig) (strategies.Strategy, error) {
				return strategies.NewPool(p.Store, p.Locker, p.Loader, c)
			}),
		},
		{
			Name: "lease", Doc: "the cache hands out leases: one computes, and no value that a write has overtaken is stored", Leases: true,
			Computes: "the one whom the cache gives the lease; a write takes it back", Others: "a short wait, or what the write took away",
			NotInProcess: "a process hands out no leases", NotOnDisk: "has the values: they are in files that hand out no leases",
			NotBehindFront: "there are no leases: what stands for a page meanwhile would be served as one",
			recipe: each(func(p Parts, c strategies.LeaseConfig) (strategies.Strategy, error) {
				return strategies.NewLeased(p.Store, p.Loader, c)
			}),
		},
		{
			Name: "two-level", Doc: "a small cache inside every box, over another strategy", Over: true,
			Computes: "as the strategy beneath", Others: "a copy from their own box, for a second",
			NotInProcess: "a box would keep a copy of what it has already",
			recipe: over(func(p Parts, _ strategies.TwoLevelConfig) Parts { return p }, func(inner strategies.Strategy, c strategies.TwoLevelConfig) (strategies.Strategy, error) {
				return strategies.NewTwoLevel(inner, c)
			}),
		},
		{
			Name: "smear", Doc: "several copies of a value under keys of their own, over another strategy; a read takes one at random", Over: true,
			Computes: "as the strategy beneath, once for each of several copies", Others: "one of the copies",
			NotInProcess: "there is no node whose network copies could spare", recipe: smear(),
		},
		{
			Name: "publish", Doc: "writers compute and push values; readers only read", Publishes: true,
			Computes: "workers, when something is written", Others: "what was published last",
			NotInProcess: "no box would see what the publisher stores in its own process",
			NotOnDisk:    "gives every box values of its own: no box would see what the publisher stores; leave out fleet.disk", recipe: publisher(),
		},
	}
}

// Find is the strategy of a name, and whether there is one.
func Find(name string) (Kind, bool) {
	for _, k := range All() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Names are the names of all strategies, the simplest first.
func Names() []string {
	var names []string
	for _, k := range All() {
		names = append(names, k.Name)
	}
	return names
}
