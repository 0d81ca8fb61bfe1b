package engine

import (
	"context"
	"strconv"
)

// emptyRedis is about what a server without a value takes of its maxmemory.
const emptyRedis = 1 << 20

// Redis starts a redis-server that keeps nothing on disk. The error is
// [ErrNotInstalled], the context's cause, or what the server said before it
// ended.
func Redis(ctx context.Context, cfg Config) (*Node, error) {
	p := &program{
		binary: "redis-server", debian: "redis-server",
		args: func(cfg Config, port, dir string) []string {
			return []string{
				"--bind", "127.0.0.1", "--port", port, "--daemonize", "no",
				"--save", "", "--appendonly", "no", "--dir", dir,
				"--maxmemory", strconv.FormatInt(cfg.Memory+emptyRedis, 10), "--maxmemory-policy", cfg.Eviction,
				"--maxmemory-samples", "10", // "approximates very closely true LRU" (redis.conf); its default of 5 does less so
			}
		},
		pid: func(addr string) (pid int, err error) {
			err = ask(addr, starting, "INFO server\r\n", numberAfter("process_id:", &pid))
			return pid, err
		},
		flush: flushRedis,
	}
	return p.start(ctx, cfg)
}

func flushRedis(addr string) error {
	return ask(addr, asking, "*1\r\n$8\r\nFLUSHALL\r\n", expect("+OK"))
}
