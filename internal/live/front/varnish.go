package front

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/live/engine"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// varnishServer is varnishd with a VCL before the built-in one. Its second process, which does the
// work, ends when it loses the first. It runs as whoever we are (-j none), so that the first ends
// with us.
func varnishServer(cfg Config) engine.Server {
	return engine.Server{
		Binary: "varnishd", Debian: "varnish", File: "front.vcl", Word: word,
		Configure: func(_, dir string) string { return vcl(cfg, filepath.Base(dir)) },
		Args: func(addr, dir string) []string {
			return []string{
				"-F", "-j", "none", "-a", addr, "-T", "none", "-f", filepath.Join(dir, "front.vcl"), "-n", filepath.Join(dir, "vsm"), "-s", "malloc,256m",
				// A request that is served has a thread, which has to be there: by default there are
				// few at the beginning, and who finds none is refused from the 21st on.
				"-p", "thread_pools=1", "-p", "thread_pool_min=100", "-p", "thread_pool_max=5000", "-p", "thread_pool_add_delay=0", "-p", "thread_queue_limit=20000",
			}
		},
	}
}

// vcl is the configuration. What it does not decide the built-in VCL does: what a client
// may have, and what an answer that cannot be kept leaves (hit-for-miss for 120 s).
func vcl(cfg Config, name string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	director := "round_robin"
	if cfg.Policy == "random" {
		director = "random"
	}
	line("vcl 4.1;\nimport directors;")
	for i, box := range cfg.Boxes {
		line(`backend box%d { .host = "%s"; .port = "%s"; .first_byte_timeout = 1h; .between_bytes_timeout = 1h; }`, i, box.Hostname(), box.Port())
	}
	line("sub vcl_init {\n\tnew boxes = directors.%s();", director)
	for i := range cfg.Boxes {
		if director == "random" {
			line("\tboxes.add_backend(box%d, 1);", i)
		} else {
			line("\tboxes.add_backend(box%d);", i)
		}
	}
	line("}\nsub vcl_recv {")
	line(`	if (req.url == "%s") { return (synth(200)); }`, engine.WhoPath)
	line("\tset req.backend_hint = boxes.backend();")
	line(`	if (req.url == "/" || req.method != "GET") { return (pass); }`)
	if cfg.Front.Sessions == "bypass" {
		line(`	if (req.http.Cookie ~ "%s=") { return (pass); }`, model.SessionCookie)
	}
	line("\treturn (hash);\n}")
	if cfg.Front.Key.User {
		line("sub vcl_hash { hash_data(req.http.Cookie); }")
	}
	line("sub vcl_backend_response {\n\tset beresp.grace = %s;", vclSeconds(cfg.Front.Varnish.Grace))
	if cfg.Front.Varnish.Abandon {
		line("\tif (beresp.status >= 500 && bereq.is_bgfetch) { return (abandon); }")
	}
	switch mark := cfg.Front.Varnish.HitForMiss; mark {
	case 2 * time.Minute: // the built-in VCL's
	case 0:
		line("\tif (beresp.ttl <= 0s) { set beresp.ttl = 0s; set beresp.grace = 0s; set beresp.keep = 0s; return (deliver); }")
	default:
		line("\tif (beresp.ttl <= 0s) { set beresp.ttl = %s; set beresp.uncacheable = true; return (deliver); }", vclSeconds(mark))
	}
	line("}\nsub vcl_deliver {")
	line(`	set resp.http.%s = "MISS";`, Header)
	line(`	if (obj.hits > 0 && !obj.uncacheable) { set resp.http.%s = "HIT"; if (obj.ttl < 0s) { set resp.http.%s = "STALE"; } }`, Header, Header)
	line("}\nsub vcl_synth {")
	line(`	if (req.url == "%s") { synthetic({"%s%s
"}); return (deliver); }`, engine.WhoPath, word, name)
	line("}")
	return b.String()
}

// vclSeconds is a duration as VCL reads it.
func vclSeconds(d time.Duration) string { return fmt.Sprintf("%.3fs", d.Seconds()) }
