package strategies

import (
	"cmp"
	"context"
)

// DirectConfig configures [Direct]. It has no settings.
type DirectConfig struct {
	Runtime Runtime `yaml:"-"`
}

// Direct has no cache: every request computes. It is what there is before the
// first cache, and shows what the origin would have to bear.
//
// The caller's context goes to the load as it is.
type Direct struct{ origin engine }

// NewDirect makes a Direct of one box. The error is a [*ConfigError].
func NewDirect(loader Loader, cfg DirectConfig) (*Direct, error) {
	if err := cmp.Or(present("loader", loader), Settle(&cfg, &cfg.Runtime)); err != nil {
		return nil, err
	}
	return &Direct{newEngine(nil, loader, cfg.Runtime, 0)}, nil
}

// Get computes.
func (d *Direct) Get(ctx context.Context, key string) (Result, error) {
	e, err := d.origin.load(ctx, key, false)
	if err != nil {
		return failure(ctx, OriginFailure, err)
	}
	return served(&e, Computed), nil
}

// Stats returns the counts so far.
func (d *Direct) Stats() Stats { return d.origin.Stats() }
