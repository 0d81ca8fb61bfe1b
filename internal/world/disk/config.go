package disk

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Config is a file cache of its own for every box, on the box's own disk: what
// it holds, how it is held small, and what that costs. The ways to cull, and the
// programs that had them, are those of github.com/herdlab/herdlab/strategies/stores/filebased, which
// is the real one; the names, the defaults and the order in which entries die are
// the same.
type Config struct {
	Cull          string `yaml:"cull" default:"published" enum:"published,random,amortised,manual,exact" doc:"how a write removes other entries: as Django did up to 1.6 (published: walk all directories), as Django does since 1.7 (random: list one directory, for which per_object is about 900ns, and remove some at random), with a count and 16 files a time, not at all, or as cachelib"`
	MaxEntries    int    `yaml:"max_entries" default:"300" min:"-1" doc:"entries of one box at which culling begins; -1 with cull: manual is no limit"`
	CullFrequency int    `yaml:"cull_frequency" default:"3" min:"1" doc:"a cull removes one entry, or directory, in this many"`
	Entries       int    `yaml:"entries" default:"0" min:"0" max:"10000000" doc:"entries on every disk at the start that nobody asks for and that live for a year"`

	PerObject time.Duration `yaml:"per_object" default:"13us" min:"0s" doc:"CPU time per entry of walking the directories; the default is that of Django up to 1.6"`
	PerOpen   time.Duration `yaml:"per_open" default:"10us" min:"0s" doc:"CPU time to open a file and read its expiry"`
	PerDelete time.Duration `yaml:"per_delete" default:"60us" min:"0s" doc:"CPU time to remove a file"`
	Read      time.Duration `yaml:"read" default:"2ms" min:"0s" doc:"time to read an entry"`
	Write     time.Duration `yaml:"write" default:"2ms" min:"0s" doc:"time to write an entry, without the culling"`
}

// The ways to cull that cost a write something; the fifth, manual, does nothing.
const (
	cullRandom    = "random"
	cullPublished = "published"
	cullExact     = "exact"
	cullAmortised = "amortised"
)

// filledLife is how long entries live that were there before the run: longer than
// runs do, so that a cull of expired entries does not find them.
const filledLife = 365 * 24 * time.Hour

// Stats is what happened on a disk, or on all of a world together. Errors are those of
// a real disk, and SetCPUMS is left to whoever reports it.
type Stats struct {
	metrics.CacheStats
	metrics.DiskStats

	CPU time.Duration // of all writes, beside writing: walking, opening, removing
}

// Plus adds what happened on another disk.
func (s Stats) Plus(o Stats) Stats {
	return Stats{s.CacheStats.Plus(o.CacheStats), s.DiskStats.Plus(o.DiskStats), s.CPU + o.CPU}
}
