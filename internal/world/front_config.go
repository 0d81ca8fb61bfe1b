package world

import (
	"time"

	"github.com/herdlab/herdlab/strategies/pagekey"
)

// FrontConfig is a web server between the clients and the boxes that answers by
// itself what it finds in the cache, as nginx does with memcached_pass, and passes
// the rest on. The defaults are nginx's.
type FrontConfig struct {
	Connections int           `yaml:"connections" default:"512" min:"2" max:"1000000" doc:"connections that it has (worker_connections); a request under way holds two: its client's, and one to the cache or to a box. One that finds none is rejected"`
	Timeout     time.Duration `yaml:"timeout" default:"60s" min:"1ms" doc:"how long it waits for an answer of the cache (memcached_read_timeout), which is a 504; then it goes on to a box, as it does at once after a 404, a miss, and a 502, a refused connection"`
	Posts       string        `yaml:"posts" default:"refuse" enum:"refuse,pass" doc:"a write, which is a POST: refused with 405, as by nginx, which asks memcached for GET and HEAD only, or passed on to a box"`
	Sessions    string        `yaml:"sessions" default:"bypass" enum:"bypass,cache" doc:"a request of somebody who is signed in: goes past the cache, and his page is not stored, or is treated as any other"`

	Scheme string `yaml:"scheme" default:"http" enum:"http,https" doc:"of the site"`
	Host   string `yaml:"host" default:"www.example.com" doc:"the site's name as clients send it, with a port if it is not the scheme's own"`
	Query  string `yaml:"query" doc:"what follows the question mark in every address"`

	Key    pagekey.Config `yaml:"key" doc:"under which key the front asks for a page"`
	AppKey pagekey.Config `yaml:"app_key" doc:"under which key the application stores one; pages are found only where the two come out the same"`

	AppLooks bool `yaml:"app_looks" default:"false" doc:"the application, too, looks for the page before it renders it, as Django's per-site cache does; else it only stores pages, for the front"`

	Fallback FallbackConfig `yaml:"fallback" doc:"a cache of the front's own for what boxes answer, as nginx's proxy_cache"`
}

// FallbackConfig is how requests for one page that go past the cache together are
// merged. It is nginx's proxy_cache with proxy_cache_lock and
// proxy_cache_use_stale updating.
type FallbackConfig struct {
	Lock        bool          `yaml:"lock" default:"false" doc:"merge them: one goes to a box, the others wait for its answer and look every 500 ms (proxy_cache_lock). False is no such cache at all"`
	Keep        time.Duration `yaml:"keep" default:"1s" min:"1s" doc:"how long an answer is served to others; whole seconds (proxy_cache_valid)"`
	Grace       time.Duration `yaml:"grace" default:"0s" min:"0s" doc:"how long after that it is served while one request has it renewed, or where a box fails; whole seconds (stale-while-revalidate, proxy_cache_use_stale). Without it all go to a box then, in spite of the lock"`
	LockTimeout time.Duration `yaml:"lock_timeout" default:"5s" min:"1ms" doc:"how long one waits, before it goes to a box too; that answer is not kept (proxy_cache_lock_timeout)"`
	LockAge     time.Duration `yaml:"lock_age" default:"5s" min:"1ms" doc:"how long after the one another may go (proxy_cache_lock_age)"`
}

// lockLook is how often one who waits for another's answer looks whether it is
// there (nginx, ngx_http_file_cache_lock).
const lockLook = 500 * time.Millisecond
