package front

import (
	"time"

	"github.com/herdlab/herdlab/strategies/pagekey"
)

// Words of [Config].Cache.
const (
	Memcached  = "memcached"
	UseNginx   = "nginx"
	UseVarnish = "varnish"
	UseSquid   = "squid"
	UseHAProxy = "haproxy"
)

// Config is a web server between the clients and the boxes that answers by
// itself what it finds, and passes the rest on. It finds pages in the memcached that the
// application fills, as nginx does with memcached_pass, or it is an HTTP cache, with pages of
// its own. The defaults are those of the programs.
type Config struct {
	Cache string `yaml:"cache" default:"memcached" enum:"memcached,nginx,varnish,squid,haproxy" doc:"where it finds pages: in the memcached that the application fills (nginx with memcached_pass), or in an HTTP cache of its own, filled by the answers of the boxes: nginx's proxy_cache, Varnish, Squid or HAProxy"`

	Connections int           `yaml:"connections" default:"512" min:"2" max:"1000000" with:"cache: memcached or cache: nginx" doc:"connections of an nginx (worker_connections); a request uses two: one to its client, one to the cache or a box. Without a free one it is rejected"`
	Timeout     time.Duration `yaml:"timeout" default:"60s" min:"1ms" with:"cache: memcached" doc:"how long it waits for the cache (memcached_read_timeout). It asks a box after that (504), after a miss (404) or a refused connection (502)"`
	Posts       string        `yaml:"posts" default:"refuse" enum:"refuse,pass" with:"cache: memcached" doc:"what happens to a write, which is a POST: refused with 405, as nginx does before memcached, or passed on to a box. An HTTP cache passes it on, and of those Squid and HAProxy drop the page"`
	Sessions    string        `yaml:"sessions" default:"bypass" enum:"bypass,cache" doc:"a request of a signed-in user: bypasses the cache and its page is not stored, or is treated as any other"`

	Scheme string `yaml:"scheme" default:"http" enum:"http,https" doc:"scheme of the site's addresses"`
	Host   string `yaml:"host" default:"www.example.com" doc:"host name as clients send it, with a port if it is not the default one"`
	Query  string `yaml:"query" doc:"the query of every address, without the question mark"`

	Key    pagekey.Config `yaml:"key" doc:"how the front builds the key of a page; an HTTP cache has the address as its key, and the user where key.user says so"`
	AppKey pagekey.Config `yaml:"app_key" doc:"how the application builds it; a page is found only if both keys are the same"`

	AppLooks bool `yaml:"app_looks" default:"false" with:"cache: memcached" doc:"the application looks in the cache before it renders, as Django's per-site cache does; otherwise it only stores pages. Behind an HTTP cache it always looks"`

	Fallback Fallback `yaml:"fallback" with:"cache: memcached" doc:"with cache: memcached, nginx's own cache of the boxes' answers"`

	MaxAge  time.Duration `yaml:"max_age" default:"1m" min:"0s" with:"cache: nginx or cache: varnish or cache: squid or cache: haproxy" doc:"with an HTTP cache, how long the boxes let their answers be kept, in whole seconds (Cache-Control: max-age); 0 is not at all (no-store). nginx makes up to a second more of it, Squid and HAProxy up to a second less"`
	Nginx   Nginx         `yaml:"nginx" doc:"with cache: nginx, its directives"`
	Varnish Varnish       `yaml:"varnish" doc:"with cache: varnish, what its VCL says"`
	Squid   Squid         `yaml:"squid" doc:"with cache: squid, its directives"`
	HAProxy HAProxy       `yaml:"haproxy" doc:"with cache: haproxy, its directives"`
}

// HTTPCache reports whether the front has pages of its own, and asks no memcached.
func (c Config) HTTPCache() bool { return c.Cache != "" && c.Cache != Memcached }

// Fallback is how requests for one page that go past the cache together are
// merged. It is nginx's proxy_cache with proxy_cache_lock and
// proxy_cache_use_stale updating.
type Fallback struct {
	Lock        bool          `yaml:"lock" default:"false" doc:"one request goes to a box, the others wait and look every 500 ms (proxy_cache_lock); false turns this cache off"`
	Keep        time.Duration `yaml:"keep" default:"1s" min:"1s" with:"lock: true" doc:"how long an answer is served, in whole seconds (proxy_cache_valid)"`
	Grace       time.Duration `yaml:"grace" default:"0s" min:"0s" with:"lock: true" doc:"how long after that it is served stale while one request renews it or if a box fails, in whole seconds (proxy_cache_use_stale)"`
	LockTimeout time.Duration `yaml:"lock_timeout" default:"5s" min:"1ms" with:"lock: true" doc:"how long a request waits before it goes to a box too, whose answer is not kept (proxy_cache_lock_timeout)"`
	LockAge     time.Duration `yaml:"lock_age" default:"5s" min:"1ms" with:"lock: true" doc:"after how long another request may go to a box as well (proxy_cache_lock_age)"`
}
