package front

import (
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
)

// Nginx is proxy_cache, with the names of its directives.
type Nginx struct {
	Lock        bool          `yaml:"lock" default:"false" doc:"of requests for a page that is not there one goes to a box, and the others wait and look every 500 ms (proxy_cache_lock). It does nothing for a page that has expired"`
	LockTimeout time.Duration `yaml:"lock_timeout" default:"5s" min:"1ms" with:"lock" doc:"how long a request waits before it goes to a box too, whose answer is not kept (proxy_cache_lock_timeout)"`
	LockAge     time.Duration `yaml:"lock_age" default:"5s" min:"1ms" with:"lock" doc:"after how long another request may go to a box as well (proxy_cache_lock_age)"`
	UseStale    []string      `yaml:"use_stale" enum:"updating,error" doc:"when an expired page is served, however old (proxy_cache_use_stale): updating, while a request renews it; error, if a box fails or does not answer"`
	Background  bool          `yaml:"background_update" default:"false" with:"use_stale" doc:"the request that finds a page expired is served it as well, and a request of nginx's own renews it (proxy_cache_background_update)"`
	MinUses     int           `yaml:"min_uses" default:"1" min:"1" max:"1000000" doc:"requests for a page before it is kept (proxy_cache_min_uses)"`
}

// lockLook is how often one who waits for another's answer looks whether it is
// there (nginx, ngx_http_file_cache_lock).
const lockLook = 500 * time.Millisecond

// nginx has the rules of ngx_http_file_cache.c, with their holes: the lock merges only requests
// for a page that is not there; an answer that came after lock_timeout, or whose client had left,
// is not kept; and where nothing stale is served an expired page sends everybody to the boxes.
type nginx struct {
	*Front
	pages
	cfg   Nginx
	life  time.Duration // of a page; 0 is none
	count strategies.AgeCount
	grace time.Duration // how long after that it may be served stale
}

// ages is for as long as anybody measures.
const ages = 100 * 365 * 24 * time.Hour

// newNginx is proxy_cache alone. It keeps the second in which a page expires, which is that of
// its storing and its life, and the page is too old when that second has passed (ngx_time): a
// life of 5 s is one of 5 to 6 s.
func newNginx(f *Front) httpCache {
	return &nginx{Front: f, pages: make(pages), cfg: f.cfg.Nginx, life: f.cfg.MaxAge, count: strategies.NginxSeconds, grace: ages}
}

// newFallback is proxy_cache behind a miss in memcached. Its lives are exact, and for how long a
// page may be stale the boxes say (stale-while-revalidate).
func newFallback(f *Front) httpCache {
	c := f.cfg.Fallback
	cfg := Nginx{Lock: true, LockTimeout: c.LockTimeout, LockAge: c.LockAge, UseStale: []string{"updating", "error"}, MinUses: 1}
	return &nginx{Front: f, pages: make(pages), cfg: cfg, life: c.Keep, count: strategies.ExactAges, grace: c.Grace}
}

// look is one look into the cache. The lock is consulted for a page that is not there; for one
// that is too old there is only what may be served stale.
func (n *nginx) look(v *Visit) {
	k, now := n.of(v), n.clock.Now()
	stale := k.has && now.Before(k.until.Add(n.grace))
	updating := stale && slices.Contains(n.cfg.UseStale, "updating")
	switch {
	case k.has && now.Before(k.until):
		n.serve(v, v.hit())
	case updating && k.busy:
		n.serve(v, metrics.StaleHit)
	// With background_update even the first is served what is there, and nobody waits for a box.
	case updating && n.cfg.Background:
		behind := n.behind(v)
		behind.stores = true
		n.take(behind, now)
		n.serve(v, metrics.StaleHit)
		n.renew(v, behind)
	// It has expired, and the lock is of no use: everybody goes, and those who come while one is
	// there may be served what is old.
	case k.has:
		if v.old = stale && slices.Contains(n.cfg.UseStale, "error"); v.old {
			v.entry = k.entry
		}
		if !k.busy {
			n.take(v, now)
		}
		n.fetch(v)
	case k.asked < n.cfg.MinUses: // the answer is not kept, so that nobody waits for it
		n.forward(v)
	case !n.cfg.Lock:
		n.fetch(v)
	case v.waited() && !now.Before(v.waits): // enough
		n.forward(v)
	case !k.busy || !now.Before(k.locked):
		n.take(v, now)
		n.fetch(v)
	default:
		n.queue(v, now)
	}
}

// take makes v the one whom the others wait for, or for lock_age at most: a box may
// never answer.
func (n *nginx) take(v *Visit, now time.Time) {
	v.fills, v.page.busy = true, true
	v.page.locked = now.Add(n.cfg.LockAge)
	v.locked = v.page.locked
}

// queue has v wait until the next look. Those that wait are not told when the answer is
// there: they look every 500 ms, which is what a hit after a wait costs at most.
func (n *nginx) queue(v *Visit, now time.Time) {
	v.stage = queued
	if !v.waited() {
		v.waits = now.Add(n.cfg.LockTimeout)
	}
	n.after(v, min(v.waits.Sub(now), v.page.locked.Sub(now), lockLook), v.step)
}

// brought keeps what a box answered. A failure is not kept: the next one goes, and the others go
// on waiting for that. An old page takes the place of a failure, where use_stale says so.
func (n *nginx) brought(v *Visit, a Answer) Answer {
	k := v.page
	switch {
	case v.stores && a.good() && n.life > 0:
		k.keep(a.Entry, n.count.Ends(n.clock.Now(), n.life))
		k.busy = false
	// Another may have gone in its place after lock_age, and is the one whom the others wait for.
	case v.fills && k.locked.Equal(v.locked): // it brought nothing, and nobody has gone in its place
		k.busy = false
	}
	if v.old && !a.good() {
		return Answer{Outcome: metrics.StaleHit, Entry: v.entry}
	}
	return a
}

// left is a client that gave up. nginx waits for the box all the same, but then cannot write the
// head of the answer, which ends the request before the answer is kept.
func (n *nginx) left(v *Visit) bool {
	v.left, v.stores = true, false
	if !v.fills {
		n.release(v)
	}
	return !v.fills
}
