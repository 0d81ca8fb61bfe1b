package front

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/herdlab/herdlab/internal/live/engine"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// squidServer is squid as an accelerator in one process, with its pages in memory. It does not
// run as root, and the memory that it shares with nobody is named after its directory.
func squidServer(cfg Config) engine.Server {
	return engine.Server{
		Binary: "squid", Debian: "squid", File: "squid.conf", Word: "X-Cache: MISS from ", User: "proxy",
		Configure: func(addr, dir string) string { return squidConf(cfg, addr, dir) },
		Args: func(_, dir string) []string {
			return []string{"-N", "-n", squidName(dir), "-f", filepath.Join(dir, "squid.conf")}
		},
		Litter: func(dir string) []string { return []string{"/dev/shm/" + squidName(dir) + "-*"} },
	}
}

// squidName is a name as squid has them, which are of letters and digits.
func squidName(dir string) string { return strings.ReplaceAll(filepath.Base(dir), "-", "") }

// squidConf is the configuration. A request is tried once: else one that a box fails goes to
// another box.
func squidConf(cfg Config, addr, dir string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("http_port %s accel defaultsite=%s no-vhost", addr, "herdlab")
	for i, box := range cfg.Boxes {
		line("cache_peer %s parent %s 0 no-query no-digest originserver round-robin connect-fail-limit=1000000 name=box%d", box.Hostname(), box.Port(), i)
	}
	line("acl who urlpath_regex ^%s$", engine.WhoPath)
	line("acl bystander urlpath_regex ^/$")
	line("acl session req_header Cookie %s=", model.SessionCookie)
	line("http_access deny who\nhttp_access allow all\nnever_direct allow all")
	line("cache deny bystander")
	if cfg.Front.Sessions == "bypass" {
		line("cache deny session")
	}
	line("collapsed_forwarding %s", map[bool]string{true: "on", false: "off"}[cfg.Front.Squid.Collapse])
	line(`forward_max_tries 1
cache_mem 256 MB
maximum_object_size_in_memory 64 MB
memory_cache_shared off
refresh_pattern . 0 20%% 4320
negative_ttl 0 seconds
read_timeout 1 hour
request_timeout 1 hour
max_filedescriptors 8192
access_log none
cache_log %[1]s/cache.log
pid_filename %[1]s/pid
coredump_dir %[1]s
workers 1
via off
pinger_enable off
icp_port 0
shutdown_lifetime 0 seconds
visible_hostname %[2]s`, dir, filepath.Base(dir))
	return b.String()
}
