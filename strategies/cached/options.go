package cached

import (
	"cmp"
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// Options are the settings of a function. Zero fields get their defaults.
type Options struct {
	// Namespace is put in front of every key, so that programs can share a store. Tags
	// are shared by the functions of a namespace.
	Namespace string

	// Version is raised when the form of the result changes: results of another version
	// are not read.
	Version int

	// Fresh is until when a result is served and nobody loads it anew, and TTL until when it
	// is served at all. Defaults a minute, or half the TTL if that is less, and a day.
	Fresh, TTL time.Duration

	// NotFound is how long an [ErrNotFound] is kept. Default 0: it is not.
	NotFound time.Duration

	// Local is how long a box serves its own copy, decoded, on top of Fresh. Default 0: it
	// keeps none. Entries and Bytes bound the copies: 10,000 and 256 MiB.
	Local   time.Duration
	Entries int
	Bytes   int64

	// Lag is how long a box trusts what it knows of purged tags and functions. Default 1 s.
	Lag time.Duration

	// Vary is what a result depends on besides the arguments, and the context knows: a
	// language, a country. Results of different variants are apart. Default nothing.
	Vary func(context.Context) string

	// Codec is how results are kept. Default [JSON], and as they are if they are strings or
	// bytes.
	Codec Codec

	// Strategy makes the strategy, over the store and the function. Default an SWR of Fresh
	// and TTL whose losers wait, under locks of the store if that is a Locker.
	Strategy func(strategies.Store, strategies.Loader) (strategies.Strategy, error)

	// Hooks hear of what is done.
	Hooks Hooks

	Runtime strategies.Runtime
}

// withDefaults is o with its defaults, for results of a type that v points to.
func (o Options) withDefaults(v any) Options {
	o.TTL = cmp.Or(o.TTL, 24*time.Hour)
	o.Fresh = cmp.Or(o.Fresh, min(time.Minute, o.TTL/2))
	o.Entries, o.Bytes, o.Lag = cmp.Or(o.Entries, 10_000), cmp.Or(o.Bytes, 256<<20), cmp.Or(o.Lag, time.Second)
	o.Runtime = o.Runtime.OrDefault()
	if o.Vary == nil {
		o.Vary = func(context.Context) string { return "" }
	}
	if o.Codec == nil {
		o.Codec = JSON{}
		switch v.(type) {
		case *string, *[]byte:
			o.Codec = raw{}
		}
	}
	if o.Strategy == nil {
		o.Strategy = func(s strategies.Store, load strategies.Loader) (strategies.Strategy, error) {
			locker, _ := s.(strategies.Locker)
			return strategies.NewSWR(s, locker, load, strategies.SWRConfig{Fresh: o.Fresh, TTL: o.TTL, Losers: strategies.LosersWait, Runtime: o.Runtime})
		}
	}
	return o
}

// Option changes one Get.
type Option struct {
	bypass, refresh bool
	maxAge          time.Duration
}

// Bypass calls the function, and neither reads nor stores.
func Bypass() Option { return Option{bypass: true} }

// Refresh has the result loaded anew, whatever there is, and stores it.
func Refresh() Option { return Option{refresh: true} }

// MaxAge has a result loaded anew that was stored d ago or earlier.
func MaxAge(d time.Duration) Option { return Option{maxAge: d} }

// join is what several options come to.
func join(options []Option) (o Option) {
	for _, x := range options {
		o.bypass = o.bypass || x.bypass
		o.refresh = o.refresh || x.refresh
		if x.maxAge > 0 && (o.maxAge == 0 || x.maxAge < o.maxAge) {
			o.maxAge = x.maxAge
		}
	}
	return o
}
