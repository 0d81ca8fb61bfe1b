package engine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// emptyRedis is about what a server without a value takes of its maxmemory.
const emptyRedis = 1 << 20

// Redis starts a redis-server that keeps nothing on disk. The error is
// [ErrNotInstalled], the context's cause, or what the server said before it
// ended.
func Redis(ctx context.Context, cfg Config) (*Node, error) {
	return (&program{
		binary: "redis-server", debian: "redis-server",
		args: func(cfg Config, port, dir string) []string {
			return []string{
				"--bind", "127.0.0.1", "--port", port, "--daemonize", "no",
				"--save", "", "--appendonly", "no", "--dir", dir,
				"--maxmemory", strconv.FormatInt(cfg.Memory+emptyRedis, 10), "--maxmemory-policy", cfg.Eviction,
				"--maxmemory-samples", "10", // "approximates very closely true LRU" (redis.conf); its default of 5 does less so
			}
		},
		who: "INFO server\r\n", number: "process_id:",
		flush: flushRedis,
	}).start(ctx, cfg)
}

func flushRedis(addr string) error {
	_, err := ask(addr, asking, "*1\r\n$8\r\nFLUSHALL\r\n", "+OK")
	return err
}

// Memcached starts a memcached. The error is [ErrNotInstalled], the context's
// cause, or what the server said before it ended.
func Memcached(ctx context.Context, cfg Config) (*Node, error) {
	return (&program{
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
		who: "stats\r\n", number: "STAT pid ",
		flush: func(addr string) error {
			_, err := ask(addr, asking, "flush_all\r\n", "OK")
			return err
		},
	}).start(ctx, cfg)
}

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
	return (&program{
		binary: "nginx", debian: "nginx",
		prepare: func(addr, dir string) error {
			return os.WriteFile(nginxConf(dir), []byte(configure(addr, dir)), 0o600)
		},
		args: func(_ Config, _, dir string) []string {
			return []string{"-e", "stderr", "-p", dir, "-c", nginxConf(dir)}
		},
		who: "GET " + NginxPid + " HTTP/1.0\r\n\r\n", number: "pid ",
		flush: func(addr string) error { return fmt.Errorf("the nginx on %s has nothing to be flushed", addr) },
	}).start(ctx, cfg)
}

func nginxConf(dir string) string { return filepath.Join(dir, "nginx.conf") }

// How long a server may take to answer a question of ours: one that runs, and
// one that is starting, which is asked again and again.
const (
	asking   = 5 * time.Second
	starting = 250 * time.Millisecond
)

// ask sends a request, reads lines up to one that begins with word, and returns what
// follows that. A client library is not needed for the few words that are said here.
func ask(addr string, limit time.Duration, request, word string) (rest string, err error) {
	conn, err := net.DialTimeout("tcp", addr, limit)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, request); err != nil {
		return "", err
	}
	for lines := bufio.NewReader(conn); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("it does not say %s: %w", strings.TrimSpace(word), err)
		}
		if rest, ok := strings.CutPrefix(line, word); ok {
			return strings.TrimSpace(rest), nil
		}
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "ERROR") {
			return "", fmt.Errorf("it answers %.80q", line)
		}
	}
}
