package engine

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/live/child"
)

// emptyRedis is about what a server without a value takes of its maxmemory, with four
// connections of 23 KB each.
const emptyRedis = 970_000

// untracked has Redis keep no histogram of how long its commands take, of which a new one
// for every kind of command is taken off maxmemory: 340 KB, and so all that a small cache
// has. Redis before 7.0 has none and refuses that, which nobody reads.
const untracked = "CONFIG SET latency-tracking no\r\nCONFIG RESETSTAT\r\n"

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
		who: "INFO server\r\n" + untracked, number: "process_id:",
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
			item := cmp.Or(cfg.MaxItem, min(1<<20, LargestItem(cfg.Memory)))
			args := []string{
				"-l", "127.0.0.1", "-p", port, "-U", "0", "-c", "4096",
				"-m", strconv.FormatInt(mebibytes(cfg.Memory), 10),
				"-I", strconv.FormatInt(item, 10),
				// An item of more than this is kept in pieces. It has to divide both a page and the limit.
				"-o", "slab_chunk_max=" + strconv.FormatInt(min(item&-item, 512<<10), 10),
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

// mebibytes is a memory in bytes as memcached is told it.
func mebibytes(memory int64) int64 { return (memory + 1<<20 - 1) >> 20 }

// LeastItem divides each limit of an item, in bytes, with which [Memcached] starts.
const LeastItem = 1 << 10

// LargestItem is the largest of them on so many bytes of memory (0: as many as [Memcached]
// takes then): half of what it is told, and a gibibyte at most.
func LargestItem(memory int64) int64 {
	return min(mebibytes(Config{Memory: memory}.orDefault().Memory)<<20/2, 1<<30)
}

// Server is a web server that its caller configures.
type Server struct {
	Binary, Debian string // its name, and its package's

	// Configure writes its configuration into the file of that name, for the address that it is to
	// listen on and a directory of its own. It has to run in one process, so that it ends as
	// every program here does, or in such that end with that one, and to answer at [WhoPath] with a
	// line that begins with Word and goes on with the directory's last name: another may have
	// the port.
	File      string
	Configure func(addr, dir string) string
	Word      string
	Args      func(addr, dir string) []string

	User   string                    // as whom it runs if we are root, where it refuses to be; "" is as we do
	Litter func(dir string) []string // what it leaves outside of its directory, as patterns of files; nil is nothing
}

// WhoPath is where a [Server] says who it is.
const WhoPath = "/-/who"

// Start starts it. The error is [ErrNotInstalled], the context's cause, or what it said
// before it ended.
//
// A node that was killed and is restarted has a new directory, and the old address.
func (s Server) Start(ctx context.Context, cfg Config) (*Node, error) {
	return (&program{
		binary: s.Binary, debian: s.Debian, user: s.User, litter: s.Litter,
		prepare: func(addr, dir string) error {
			return os.WriteFile(filepath.Join(dir, s.File), []byte(s.Configure(addr, dir)), 0o644)
		},
		args: func(_ Config, port, dir string) []string { return s.Args("127.0.0.1:"+port, dir) },
		who:  "GET " + WhoPath + " HTTP/1.0\r\n\r\n", number: s.Word, named: true,
		flush: func(addr string) error { return fmt.Errorf("the %s on %s has nothing to be flushed", s.Binary, addr) },
	}).start(ctx, cfg)
}

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

// ErrNotInstalled is returned when the program of a cache is not there. The
// error says how to get it.
var ErrNotInstalled = errors.New("not installed")

// program is a cache that is a program.
type program struct {
	binary, debian string                       // its name, and its package's
	prepare        func(addr, dir string) error // its directory, before a start; nil is nothing
	args           func(cfg Config, port string, dir string) []string
	who            string // the request that asks the one who listens who it is
	number         string // what stands before its process id in the answer
	named          bool   // it is the last name of its directory that stands there, and no number
	user           string // as whom it runs if we are root; "" is as we do
	litter         func(dir string) []string
	flush          func(addr string) error
}

// errPortTaken is why a start is worth another try, on another port.
var errPortTaken = errors.New("the port is in use")

// starts is on how many free ports it is tried: between finding one and
// listening on it another program may take it.
const starts = 5

// start runs the program on the port of cfg or on a free one.
func (p *program) start(ctx context.Context, cfg Config) (*Node, error) {
	cfg = cfg.orDefault()
	if cfg.Binary == "" {
		cfg.Binary = p.binary
	}
	path, err := Find(cfg.Binary)
	if err != nil {
		return nil, fmt.Errorf("%s is %w: on Debian or Ubuntu, run apt-get install %s (%w)", cfg.Binary, ErrNotInstalled, p.debian, err)
	}
	cfg.Binary = path
	begin := func(addr string) (life, error) { return p.begin(ctx, cfg, addr) }
	for left := starts; ; left-- {
		addr := fmt.Sprintf("127.0.0.1:%d", cfg.Port)
		if cfg.Port == 0 {
			if addr, err = FreeAddr(); err != nil {
				return nil, err
			}
		}
		first, err := begin(addr)
		if errors.Is(err, errPortTaken) && cfg.Port == 0 && left > 1 {
			continue
		}
		if err != nil {
			return nil, err
		}
		return start(ctx, addr, first, begin, p.flush), nil
	}
}

// Find looks for a program in the PATH, and then where servers are that users have
// not in theirs.
func Find(name string) (path string, err error) {
	if path, err = exec.LookPath(name); err != nil && !strings.ContainsRune(name, os.PathSeparator) {
		if path, other := exec.LookPath("/usr/sbin/" + name); other == nil {
			return path, nil
		}
	}
	return path, err
}

// FreeAddr is an address that nobody listened on a moment ago.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// process is one run of a program.
type process struct {
	*child.Process
	path   string
	dir    string // its own, removed after it
	litter func(dir string) []string
}

// begin starts the program and returns when it answers.
func (p *program) begin(ctx context.Context, cfg Config, addr string) (life, error) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "herdlab-cache-")
	if err != nil {
		return nil, err
	}
	if p.prepare != nil {
		if err := p.prepare(addr, dir); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	r := &process{path: cfg.Binary, dir: dir, litter: p.litter}
	log, err := os.Create(r.log())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	defer log.Close() // the program has it too
	cmd := exec.Command(cfg.Binary, p.args(cfg, port, dir)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	if p.user != "" && os.Geteuid() == 0 {
		if err := runAs(cmd, p.user, dir); err != nil {
			return nil, errors.Join(fmt.Errorf("start %s as %s: %w", cfg.Binary, p.user, err), os.RemoveAll(dir))
		}
	}
	if r.Process, err = child.Start(cmd); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", cfg.Binary, err), os.RemoveAll(dir))
	}
	if err := r.ready(ctx, cfg.Ready, func() (int, error) { return p.pid(addr, r) }); err != nil {
		err = fmt.Errorf("start %s on %s: %w%s", cfg.Binary, addr, err, r.quoted())
		r.kill()
		return nil, err
	}
	return r, nil
}

// pid asks the program that listens at addr for the number of its process, or for its name,
// which is as good: 0 is another's.
func (p *program) pid(addr string, of *process) (pid int, err error) {
	said, err := ask(addr, starting, p.who, p.number)
	switch {
	case err != nil:
		return 0, err
	case !p.named:
		return strconv.Atoi(said)
	case said == filepath.Base(of.dir):
		return of.Pid(), nil
	}
	return 0, nil
}

// ready asks until it is this process that answers, and not another that has
// its port.
func (r *process) ready(ctx context.Context, limit time.Duration, pid func() (int, error)) error {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		got, err := pid()
		if err == nil && got == r.Pid() {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("process %d has it: %w", got, errPortTaken)
		}
		select {
		case <-r.Ended():
			if strings.Contains(r.quoted(), "ddress already in use") {
				return errPortTaken
			}
			return fmt.Errorf("it ended: %w", r.Err())
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-deadline.C:
			return fmt.Errorf("it does not answer after %v: %w", limit, err)
		case <-time.After(pause):
		}
	}
}

func (r *process) kill() {
	r.Kill()
	_ = os.RemoveAll(r.dir)
	if r.litter == nil {
		return
	}
	for _, pattern := range r.litter(r.dir) {
		left, _ := filepath.Glob(pattern) // a pattern of ours
		for _, name := range left {
			_ = os.Remove(name)
		}
	}
}

func (r *process) alive() error {
	select {
	case <-r.Ended():
		return fmt.Errorf("%s has ended: %w%s", r.path, r.Err(), r.quoted())
	default:
		return nil
	}
}

func (r *process) hang() error {
	if err := suspend(r.Process); err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	return nil
}

func (r *process) wake() error { return resume(r.Process) }

// quotedLines is how many lines an error quotes.
const quotedLines = 8

// log is the file to which the program writes.
func (r *process) log() string { return filepath.Join(r.dir, "output.log") }

// quoted is the last that the program wrote, to be put behind an error.
func (r *process) quoted() string {
	text, _ := os.ReadFile(r.log()) // it may have written nothing
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if lines[0] == "" {
		return "; it wrote nothing"
	}
	lines = lines[max(0, len(lines)-quotedLines):]
	return fmt.Sprintf("; it wrote last:\n\t%s", strings.Join(lines, "\n\t"))
}
