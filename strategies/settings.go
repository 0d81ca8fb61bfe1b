package strategies

import (
	"cmp"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/tag"
)

// A setting is declared once, with its default, range and words in its tags, which
// scenario files and their reference go by as well. Settings that several strategies
// have are structs of their own here, embedded where they mean the same.
//
// All strategies speak of ages in the same words:
//
//	fresh           until when a value is served and nobody computes it anew
//	ttl             until when it is served at all in normal operation
//	stale_if_error  how long past its ttl it is kept for a load that fails (RFC 5861)
//	ages            how these are counted, where software does not do so exactly

// Writes is what a write does to a cached value.
type Writes struct {
	OnWrite WriteMode `yaml:"on_write" default:"delete" enum:"delete,expire,none" doc:"what a write does to the cached value: delete it, make it stale at once (it is then served only where a stale value may be), or leave it until its ttl"`
	Fence   *bool     `yaml:"fence" default:"true" file:"false" doc:"keep what was read before a write from being stored after it: by a memory of the box's own writes and, where writes have versions and the cache knows them, by a tombstone in the cache; a Go program does, a scenario has it where its source did"`
}

// WriteMode is a word of the setting on_write.
type WriteMode string

// What a write does to the cached value of its key.
const (
	DeleteOnWrite WriteMode = "delete" // deletes it
	StoreOnWrite  WriteMode = "store"  // replaces it by the value written: write-through
	ExpireOnWrite WriteMode = "expire" // makes it stale, however young it is
	KeepOnWrite   WriteMode = "none"   // leaves it
)

// CacheFailure is what a read does when the cache fails.
type CacheFailure struct {
	OnCacheError CacheErrorMode `yaml:"on_cache_error" default:"load" enum:"load,fail" doc:"what a read does when the cache or the lock fails: compute anyway, or fail"`
}

// CacheErrorMode is a word of the setting on_cache_error.
type CacheErrorMode string

// What a read does when the cache fails.
const (
	LoadOnCacheError CacheErrorMode = "load" // computes
	FailOnCacheError CacheErrorMode = "fail" // fails with it
)

// LoadFailure is what happens when a load fails or takes too long.
type LoadFailure struct {
	OnLoadError  LoadErrorMode `yaml:"on_load_error" default:"fail" enum:"fail,delete" retired:"stale: set stale_if_error to how long past its ttl a value is kept for a load that fails" doc:"what a failed load does besides failing its request: nothing, or delete the cached value"`
	StaleIfError time.Duration `yaml:"stale_if_error" default:"0s" min:"0s" was:"keep_stale" doc:"how long past its ttl a value is kept, to be served when a load fails; 0 turns this off"`
	Backoff      time.Duration `yaml:"backoff" default:"0s" min:"0s" doc:"how long a box leaves a key alone after its load failed; doubles with every further failure; 0 is no pause"`
	BackoffMax   time.Duration `yaml:"backoff_max" default:"1m" min:"1us" doc:"longest such pause"`
	Timeout      time.Duration `yaml:"timeout" default:"0s" min:"0s" doc:"how long a request waits for a load, its own or another's; its own load goes on and stores its value; 0 waits to the end"`
}

// LoadErrorMode is a word of the setting on_load_error.
type LoadErrorMode string

// What a failed load does to the cached value of its key.
const (
	FailOnLoadError   LoadErrorMode = "fail"   // nothing: it fails its request, and that is all
	DeleteOnLoadError LoadErrorMode = "delete" // deletes it, as Facebook's clients did on 23 September 2010
)

// check refuses settings of which one needs or excludes another.
func (c *LoadFailure) check() error {
	return cmp.Or(
		refuse(c.OnLoadError == DeleteOnLoadError && c.StaleIfError > 0, "stale_if_error",
			"is set, and on_load_error: delete takes away the value that would be served: leave one of them out"),
		checkBackoff(c.Backoff, c.BackoffMax),
	)
}

// checkBackoff refuses a pause that is longer than the longest one.
func checkBackoff(backoff, most time.Duration) error {
	return refuse(backoff > most, "backoff", "is %v, and backoff_max, the longest pause, is %v: write less here, or more there", backoff, most)
}

// Locking is the lock in the shared cache under which a key is computed.
type Locking struct {
	Lock   time.Duration `yaml:"lock" default:"60s" min:"1ms" doc:"life of the lock, which is how long a crashed owner blocks its key"`
	Extend bool          `yaml:"extend" default:"false" doc:"renew the lock while its owner computes"`
}

// LoserMode is a word of the setting losers: what a request does that finds the lock
// of its key taken.
type LoserMode string

// What a request does that finds the lock taken.
const (
	LosersFail  LoserMode = "fail"  // fail at once with [ErrColdCache]
	LosersWait  LoserMode = "wait"  // wait for the value, up to a limit
	LosersQueue LoserMode = "queue" // wait for the lock itself, without a limit
)

// GiveUpMode is a word of the setting then: what a request does that has waited for as
// long as it may.
type GiveUpMode string

// What a request does whose wait is over.
const (
	ThenFail  GiveUpMode = "fail"  // fail with [ErrColdCache]
	ThenStale GiveUpMode = "stale" // take a stale value, or fail
	ThenLoad  GiveUpMode = "load"  // compute, too
)

// Settle gives the configuration that config points to its defaults, and r what is right
// for production, and refuses what is out of range with a [*ConfigError]. Both go by the
// tags of the configuration's fields; a zero field is one that was left out.
func Settle(config any, r *Runtime) error {
	tag.Fill(config)
	*r = r.OrDefault()
	if field, fault := tag.Check(config); field != "" {
		return &ConfigError{Field: field, Msg: fault}
	}
	return nil
}

// refuse is a [*ConfigError] where a setting is wrong, and else nil.
func refuse(wrong bool, field, format string, args ...any) error {
	if !wrong {
		return nil
	}
	return &ConfigError{Field: field, Msg: fmt.Sprintf(format, args...)}
}

// present refuses a part that was left out.
func present(field string, part any) error {
	return refuse(part == nil, field, "is nil: the strategy cannot work without it")
}

// checkFresh refuses a value that is fresh for longer than it is served. Zero is the
// whole ttl.
func checkFresh(fresh, ttl time.Duration) error {
	return refuse(fresh > ttl, "fresh", "is %v, and a value is not served past its ttl, %v: write less", fresh, ttl)
}

// checkExpire refuses writes that make values stale in a strategy that serves none. set
// says what would make it serve them.
func checkExpire(onWrite WriteMode, servesStale bool, set string) error {
	return refuse(onWrite == ExpireOnWrite && !servesStale, "on_write", "is expire, but an expired value is never served: %s", set)
}
