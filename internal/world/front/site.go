package front

import (
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/herdlab/herdlab/strategies/pagekey"
)

// SessionCookie is the cookie that says who is signed in, by a number.
const SessionCookie = "session"

// Site is the agreement between a front and the application behind it: what an
// address is, under which name its page is kept, and which pages are kept at all.
// Safe for concurrent use.
type Site struct {
	cfg      Config
	sessions atomic.Bool // pages of those who are signed in are kept, too
}

// NewSite returns the agreement of cfg.
func NewSite(cfg Config) *Site {
	s := &Site{cfg: cfg}
	s.CacheSessions(false)
	return s
}

// CacheSessions has the pages of sessions cached for a time, whatever the
// configuration says: a mistake of an operator's.
func (s *Site) CacheSessions(mistake bool) {
	s.sessions.Store(mistake || s.cfg.Sessions == "cache")
}

// URI is the address of a key's page: one page a key, whatever the key is.
func (s *Site) URI(key string) string {
	uri := "/" + url.PathEscape(key)
	if s.cfg.Query != "" {
		uri += "?" + s.cfg.Query
	}
	return uri
}

// request is how a user asks for a key's page.
func (s *Site) request(key string, user int) pagekey.Request {
	r := pagekey.Request{Scheme: s.cfg.Scheme, Host: s.cfg.Host, URI: s.URI(key)}
	if user != 0 {
		r.User = strconv.Itoa(user)
	}
	return r
}

// Asks reports whether the front asks the cache for what a user wants, and does not
// go past it.
func (s *Site) Asks(user int) bool { return user == 0 || s.sessions.Load() }

// askedName is the name under which the front looks for a page.
func (s *Site) askedName(key string, user int) string { return s.cfg.Key.Key(s.request(key, user)) }

// address is the name under which an HTTP cache keeps a page: the address, and the user where
// the key has one.
func (s *Site) address(key string, user int) string {
	if s.cfg.Key.User {
		return PageOf(key, user)
	}
	return key
}

// storedName is the name under which the application keeps a page; not ok where it
// does not. It has a name all the same, which is nobody else's.
func (s *Site) storedName(page string) (name string, ok bool) {
	key, user := splitPage(page)
	how := s.cfg.AppKey
	if s.Asks(user) {
		return how.Key(s.request(key, user)), true
	}
	how.User = true
	return how.Key(s.request(key, user)), false
}
