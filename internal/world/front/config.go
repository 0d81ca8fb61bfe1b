package front

import (
	"time"

	"github.com/herdlab/herdlab/strategies/pagekey"
)

// Config is a web server between the clients and the boxes that answers by
// itself what it finds in the cache, as nginx does with memcached_pass, and passes
// the rest on. The defaults are nginx's.
type Config struct {
	Connections int           `yaml:"connections" default:"512" min:"2" max:"1000000" doc:"its connections (worker_connections); a request uses two: one to its client, one to the cache or a box. Without a free one it is rejected"`
	Timeout     time.Duration `yaml:"timeout" default:"60s" min:"1ms" doc:"how long it waits for the cache (memcached_read_timeout). It asks a box after that (504), after a miss (404) or a refused connection (502)"`
	Posts       string        `yaml:"posts" default:"refuse" enum:"refuse,pass" doc:"what happens to a write, which is a POST: refused with 405, as nginx does before memcached, or passed on to a box"`
	Sessions    string        `yaml:"sessions" default:"bypass" enum:"bypass,cache" doc:"a request of a signed-in user: bypasses the cache and its page is not stored, or is treated as any other"`

	Scheme string `yaml:"scheme" default:"http" enum:"http,https" doc:"scheme of the site's addresses"`
	Host   string `yaml:"host" default:"www.example.com" doc:"host name as clients send it, with a port if it is not the default one"`
	Query  string `yaml:"query" doc:"the query of every address, without the question mark"`

	Key    pagekey.Config `yaml:"key" doc:"how the front builds the key of a page"`
	AppKey pagekey.Config `yaml:"app_key" doc:"how the application builds it; a page is found only if both keys are the same"`

	AppLooks bool `yaml:"app_looks" default:"false" doc:"the application looks in the cache before it renders, as Django's per-site cache does; otherwise it only stores pages"`

	Fallback Fallback `yaml:"fallback" doc:"the front's own cache of the boxes' answers, such as nginx's proxy_cache"`
}

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

// lockLook is how often one who waits for another's answer looks whether it is
// there (nginx, ngx_http_file_cache_lock).
const lockLook = 500 * time.Millisecond
