package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// NginxPid is where an nginx started here has to tell the number of its process,
// as "pid 123".
const NginxPid = "/-/pid"

// Nginx starts an nginx. Its configuration, which configure writes for the address
// that it is to listen on and a directory of its own, has to have it in one process
// (daemon off; master_process off), so that it ends as every program here does, and
// to answer at [NginxPid] with "pid $pid". The error is [ErrNotInstalled], the
// context's cause, or what it said before it ended.
//
// A node that was killed and is restarted has a new directory, and the old address.
func Nginx(ctx context.Context, cfg Config, configure func(addr, dir string) string) (*Node, error) {
	p := &program{
		binary: "nginx", debian: "nginx",
		prepare: func(addr, dir string) error {
			return os.WriteFile(nginxConf(dir), []byte(configure(addr, dir)), 0o600)
		},
		args: func(_ Config, _, dir string) []string {
			return []string{"-e", "stderr", "-p", dir, "-c", nginxConf(dir)}
		},
		pid: func(addr string) (pid int, err error) {
			err = ask(addr, starting, fmt.Sprintf("GET %s HTTP/1.0\r\n\r\n", NginxPid), numberAfter("pid ", &pid))
			return pid, err
		},
		flush: func(addr string) error { return fmt.Errorf("the nginx on %s has nothing to be flushed", addr) },
	}
	return p.start(ctx, cfg)
}

func nginxConf(dir string) string { return filepath.Join(dir, "nginx.conf") }
