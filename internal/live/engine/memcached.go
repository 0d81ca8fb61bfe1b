package engine

import (
	"context"
	"os"
	"strconv"
)

// Memcached starts a memcached. The error is [ErrNotInstalled], the context's
// cause, or what the server said before it ended.
func Memcached(ctx context.Context, cfg Config) (*Node, error) {
	p := &program{
		binary: "memcached", debian: "memcached",
		args: func(cfg Config, port, _ string) []string {
			const mib = 1 << 20
			args := []string{
				"-l", "127.0.0.1", "-p", port, "-U", "0", "-c", "4096",
				"-m", strconv.FormatInt((cfg.Memory+mib-1)/mib, 10),
			}
			if cfg.MaxItem > 0 {
				args = append(args, "-I", strconv.FormatInt(cfg.MaxItem, 10))
			}
			if cfg.Eviction == "noeviction" {
				args = append(args, "-M")
			}
			if os.Geteuid() == 0 {
				// It refuses to be root unless told, and as another it would no
				// longer die with us: a change of user clears PR_SET_PDEATHSIG.
				args = append(args, "-u", "root")
			}
			return args
		},
		pid: func(addr string) (pid int, err error) {
			err = ask(addr, starting, "stats\r\n", numberAfter("STAT pid ", &pid))
			return pid, err
		},
		flush: func(addr string) error { return ask(addr, asking, "flush_all\r\n", expect("OK")) },
	}
	return p.start(ctx, cfg)
}
