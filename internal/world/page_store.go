package world

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// WholeCache is all that a box's client of a cache can do.
type WholeCache interface {
	Cache
	strategies.NewerSetter
	strategies.Extender
}

// PageStore is a box's way to a cache that a front asks, too: every page is under
// the name that the application's key has for it. Whether two pages have one name
// is up to the key, and so whether one is served for the other.
type PageStore struct {
	cache WholeCache
	site  *Site
}

var _ WholeCache = (*PageStore)(nil)

// Pages is the cache of one box under the names of the site.
func (s *Site) Pages(cache WholeCache) *PageStore { return &PageStore{cache, s} }

// Get reads a page, if the application looks at all. One that is never stored is
// not asked for.
func (p *PageStore) Get(ctx context.Context, page string) (strategies.Entry, bool, error) {
	name, kept := p.site.stored(page)
	if !kept || !p.site.cfg.AppLooks {
		return strategies.Entry{}, false, nil
	}
	return p.cache.Get(ctx, name)
}

// Set stores a page, if it is one to be stored.
func (p *PageStore) Set(ctx context.Context, page string, e strategies.Entry, ttl time.Duration) error {
	name, kept := p.site.stored(page)
	if !kept {
		return nil
	}
	return p.cache.Set(ctx, name, e, ttl)
}

// SetNewer stores a page unless there is one of a later version.
func (p *PageStore) SetNewer(ctx context.Context, page string, e strategies.Entry, ttl time.Duration) (bool, error) {
	name, kept := p.site.stored(page)
	if !kept {
		return true, nil
	}
	return p.cache.SetNewer(ctx, name, e, ttl)
}

// Delete removes a page.
func (p *PageStore) Delete(ctx context.Context, page string) error {
	name, _ := p.site.stored(page)
	return p.cache.Delete(ctx, name)
}

// TryLock takes the lock of a page.
func (p *PageStore) TryLock(ctx context.Context, page, token string, ttl time.Duration) (bool, error) {
	name, _ := p.site.stored(page)
	return p.cache.TryLock(ctx, name, token, ttl)
}

// Unlock frees the lock of a page.
func (p *PageStore) Unlock(ctx context.Context, page, token string) (bool, error) {
	name, _ := p.site.stored(page)
	return p.cache.Unlock(ctx, name, token)
}

// Extend prolongs the lock of a page.
func (p *PageStore) Extend(ctx context.Context, page, token string, ttl time.Duration) (bool, error) {
	name, _ := p.site.stored(page)
	return p.cache.Extend(ctx, name, token, ttl)
}
