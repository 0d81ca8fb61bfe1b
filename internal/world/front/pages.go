package front

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// What an application renders for somebody who is signed in is theirs: another page
// than the one of the same address that everybody sees. A strategy knows it by a
// name of its own, and it says in its first line whose it is, as a page with a
// name and a balance at its top does.

// ofUser stands between a key and the number of a user in the name of a page; it
// is in no key.
const ofUser = "\x1f"

const (
	ownerBegins = "<!-- the page of user "
	ownerEnds   = " -->\n"
)

// PageOf is the name of the page of a key as a user sees it; user 0 is everybody.
func PageOf(key string, user int) string {
	if user == 0 {
		return key
	}
	return key + ofUser + strconv.Itoa(user)
}

// splitPage is the key and the user of a page: the inverse of PageOf.
func splitPage(page string) (key string, user int) {
	key, number, personal := strings.Cut(page, ofUser)
	if !personal {
		return page, 0
	}
	user, _ = strconv.Atoi(number) // PageOf wrote it
	return key, user
}

// OwnerOf is the user whose page it is, by what it says itself; 0 is nobody's.
func OwnerOf(page []byte) int {
	rest, ok := bytes.CutPrefix(page, []byte(ownerBegins))
	if !ok {
		return 0
	}
	number, _, ok := bytes.Cut(rest[:min(len(rest), 32)], []byte(ownerEnds))
	user, err := strconv.Atoi(string(number))
	if !ok || err != nil {
		return 0
	}
	return user
}

// Rendered renders pages out of the values that rows loads.
func Rendered(rows strategies.Loader) strategies.Loader {
	return strategies.LoaderFunc(func(ctx context.Context, page string) (strategies.Value, error) {
		key, user := splitPage(page)
		v, err := rows.Load(ctx, key)
		if err == nil && user != 0 {
			v.Data = signed(v.Data, user)
		}
		return v, err
	})
}

// signed is a copy, for values share their memory, of data that begins with whose page it is. It is longer only
// where data has no room for that.
func signed(data []byte, user int) []byte {
	line := ownerBegins + strconv.Itoa(user) + ownerEnds
	page := make([]byte, max(len(data), len(line)))
	copy(page, data)
	copy(page, line)
	return page
}

// Cache is all that a box's client of a cache can do.
type Cache interface {
	strategies.Store
	strategies.NewerSetter
	tier.Locks
}

// Pages is a box's way to a cache that a front asks, too: every page is under
// the name that the application's key has for it. Whether two pages have one name
// is up to the key, and so whether one is served for the other.
type Pages struct {
	cache Cache
	site  *Site
}

// Pages is the cache of one box under the names of the site.
func (s *Site) Pages(cache Cache) *Pages { return &Pages{cache, s} }

// Get reads a page, if the application looks at all. One that is never stored is
// not asked for.
func (p *Pages) Get(ctx context.Context, page string) (strategies.Entry, bool, error) {
	name, kept := p.site.storedName(page)
	if looks := p.site.cfg.AppLooks || p.site.cfg.HTTPCache(); !kept || !looks {
		return strategies.Entry{}, false, nil
	}
	return p.cache.Get(ctx, name)
}

// Set stores a page, if it is one to be stored.
func (p *Pages) Set(ctx context.Context, page string, e strategies.Entry, ttl time.Duration) error {
	name, kept := p.site.storedName(page)
	if !kept {
		return nil
	}
	return p.cache.Set(ctx, name, e, ttl)
}

// SetNewer stores a page unless there is one of a later version.
func (p *Pages) SetNewer(ctx context.Context, page string, e strategies.Entry, ttl time.Duration) (bool, error) {
	name, kept := p.site.storedName(page)
	if !kept {
		return true, nil
	}
	return p.cache.SetNewer(ctx, name, e, ttl)
}

// nameOf is the name of a page. One that is not kept has one all the same.
func (p *Pages) nameOf(page string) string {
	name, _ := p.site.storedName(page)
	return name
}

// Delete removes a page under the name that the application has for it. Where the
// front's key differs, what the front finds stays.
func (p *Pages) Delete(ctx context.Context, page string) error {
	return p.cache.Delete(ctx, p.nameOf(page))
}

// TryLock takes the lock of a page, also of one that is not kept, so that those who ask
// for it together are merged.
func (p *Pages) TryLock(ctx context.Context, page, token string, ttl time.Duration) (bool, error) {
	return p.cache.TryLock(ctx, p.nameOf(page), token, ttl)
}

// Unlock frees the lock of a page.
func (p *Pages) Unlock(ctx context.Context, page, token string) (bool, error) {
	return p.cache.Unlock(ctx, p.nameOf(page), token)
}

// Extend prolongs the lock of a page.
func (p *Pages) Extend(ctx context.Context, page, token string, ttl time.Duration) (bool, error) {
	return p.cache.Extend(ctx, p.nameOf(page), token, ttl)
}
