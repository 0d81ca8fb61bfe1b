package strategies

import "context"

// DirectConfig configures [Direct]. It has no settings.
type DirectConfig struct {
	Runtime Runtime `yaml:"-"`
}

func (c *DirectConfig) setDefaults() { c.Runtime = c.Runtime.orDefault() }

func (c *DirectConfig) validate() error { return nil }

// Direct has no cache: every request computes. It is what there is before the
// first cache, and shows what the origin would have to bear.
//
// The caller's context goes to the load as it is.
type Direct struct{ aside }

var (
	_ Strategy      = (*Direct)(nil)
	_ Invalidator   = (*Direct)(nil) // a write has nothing to delete
	_ StatsReporter = (*Direct)(nil)
)

// NewDirect makes a Direct of one box. The error is a [*ConfigError].
func NewDirect(loader Loader, cfg DirectConfig) (*Direct, error) {
	cfg.setDefaults()
	if err := present("loader", loader); err != nil {
		return nil, err
	}
	return &Direct{aside{loader: loader, clock: cfg.Runtime.Clock, failed: cfg.Runtime.Failed}}, nil
}

// Get computes.
func (d *Direct) Get(ctx context.Context, key string) (Result, error) {
	e, err := d.load(ctx, key, false)
	if err != nil {
		return failure(ctx, OriginFailure, err)
	}
	return served(&e, Computed), nil
}
