package front

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/herdlab/herdlab/internal/live/engine"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// haproxyServer is haproxy in the foreground, in one process and one thread.
func haproxyServer(cfg Config) engine.Server {
	return engine.Server{
		Binary: "haproxy", Debian: "haproxy", File: "haproxy.cfg", Word: word,
		Configure: func(addr, dir string) string { return haproxyConf(cfg, addr, filepath.Base(dir)) },
		Args: func(_, dir string) []string {
			return []string{"-db", "-f", filepath.Join(dir, "haproxy.cfg")}
		},
	}
}

// haproxyConf is the configuration. What a cache section says of max-age is a limit, which is
// none here.
func haproxyConf(cfg Config, addr, name string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	cache := cfg.Front.HAProxy
	line("global\n\tmaxconn 8000\n\tnbthread 1")
	line("defaults\n\tmode http\n\tretries 0\n\ttimeout connect 5s\n\ttimeout client 1h\n\ttimeout server 1h")
	line("cache pages\n\ttotal-max-size %d\n\tmax-object-size %d\n\tmax-age 2000000000", cache.TotalMaxSize>>20, cache.MaxObject())
	line("frontend front\n\tbind %s backlog 4096", addr)
	line(`	http-request return status 200 content-type text/plain string "%s%s\n" if { path %s }`, word, name, engine.WhoPath)
	page := "!{ path / }"
	if cfg.Front.Sessions == "bypass" {
		page += " !{ req.cook(" + model.SessionCookie + ") -m found }"
	}
	line("\thttp-request cache-use pages if %s", page)
	line(`	http-response cache-store pages
	http-response set-header %[1]s HIT if { res.cache_hit }
	http-response set-header %[1]s MISS if !{ res.cache_hit }
	default_backend boxes`, Header)
	line("backend boxes")
	if policy := map[string]string{"random": "random", "least-busy": "leastconn"}[cfg.Policy]; policy != "" {
		line("\tbalance %s", policy)
	}
	for i, box := range cfg.Boxes {
		line("\tserver box%d %s", i, box.Host)
	}
	return b.String()
}
