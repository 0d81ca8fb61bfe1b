package strategies

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
)

// SmearConfig configures [Smear]. Zero fields get their defaults.
type SmearConfig struct {
	Copies int    `yaml:"copies" default:"8" min:"1" max:"1000" doc:"copies of a value, each under a key of its own, and so most likely on several nodes"`
	Prefix string `yaml:"prefix" doc:"how the keys begin that have copies, as the hot ones do; empty means all keys"`

	Runtime Runtime `yaml:"-"`
}

// Keys are the keys under which the copies of key are.
func (c SmearConfig) Keys(key string) []string {
	if !strings.HasPrefix(key, c.Prefix) {
		return []string{key}
	}
	list := make([]string, max(c.Copies, 1))
	for i := range list {
		list[i] = key + copySuffix(i)
	}
	return list
}

func copySuffix(i int) string { return "#" + strconv.Itoa(i) }

// Smear keeps several copies of a value, as key#0, key#1 and so on, over any
// strategy that works with a shared cache: the ring puts them on several nodes, so
// that the network of none of them has to carry a hot key alone. A read takes one
// of the copies at random. Each of them is computed, expires and is refreshed for
// itself: a value costs as many loads as it has copies, and two reads of a key may
// see values of different age. A write drops them all.
//
// It is the cache smearing of Etsy ("How Etsy caches", 2017), which does it for a
// few keys known to be hot: see [SmearConfig].Prefix.
type Smear struct {
	inner   Strategy
	cfg     SmearConfig
	endings []string // "#0", "#1", ...
	random  *random
}

// NewSmear makes the copies of one box over inner, the same box's strategy for the
// shared cache, whose loader is to be [Unsmear]'s. The error is a [*ConfigError].
func NewSmear(inner Strategy, cfg SmearConfig) (*Smear, error) {
	if err := cmp.Or(present("over", inner), Settle(&cfg, &cfg.Runtime)); err != nil {
		return nil, err
	}
	s := &Smear{inner: inner, cfg: cfg, random: &random{rand: cfg.Runtime.Rand}}
	for i := range cfg.Copies {
		s.endings = append(s.endings, copySuffix(i))
	}
	return s, nil
}

// Unsmear makes loader know the keys of copies, for the strategy beneath a [Smear]
// of the same configuration.
func Unsmear(loader Loader, cfg SmearConfig) Loader {
	return LoaderFunc(func(ctx context.Context, key string) (Value, error) {
		if end := strings.LastIndexByte(key, '#'); end >= 0 && strings.HasPrefix(key, cfg.Prefix) {
			key = key[:end]
		}
		return loader.Load(ctx, key)
	})
}

// Get asks for one of the copies.
func (s *Smear) Get(ctx context.Context, key string) (Result, error) {
	if !strings.HasPrefix(key, s.cfg.Prefix) {
		return s.inner.Get(ctx, key)
	}
	r, err := s.inner.Get(ctx, key+s.endings[s.random.oneOf(len(s.endings))])
	if err == nil {
		return r, nil // before what follows makes an allocation of load
	}
	var load *LoadError
	if errors.As(err, &load) {
		err = &LoadError{Key: key, Err: load.Err} // the origin knows of no copies
	}
	return r, err
}

// Invalidate hands the write to the strategy beneath once for each copy. The error
// is the first; the other copies are tried all the same.
func (s *Smear) Invalidate(ctx context.Context, key string, version uint64) (err error) {
	inner, ok := s.inner.(Invalidator)
	if !ok {
		return nil
	}
	for _, copied := range s.cfg.Keys(key) {
		err = cmp.Or(err, inner.Invalidate(ctx, copied, version))
	}
	return err
}

// Put hands a value that was written to the strategy beneath, once for each copy.
func (s *Smear) Put(ctx context.Context, key string, v Value) (err error) {
	for _, copied := range s.cfg.Keys(key) {
		err = cmp.Or(err, Wrote(ctx, s.inner, copied, v))
	}
	return err
}

// WantsValues reports whether the strategy beneath does.
func (s *Smear) WantsValues() bool { return wantsValues(s.inner) }

// Stats returns the counts of the strategy beneath.
func (s *Smear) Stats() Stats { return statsOf(s.inner) }
