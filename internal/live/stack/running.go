package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/live/child"
	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/live/origin"
)

// Running is a stack whose processes are ready.
type Running struct {
	Origin string   // address of the counting origin
	Env    []string // NAME=value, as the processes have it, for the lines that are run meanwhile

	ctx     context.Context // of what serves in this process
	cancel  context.CancelFunc
	serving sync.WaitGroup
	guard   *child.Guard
	dir     string // of what they wrote
	started []*started
	known   map[string]string
}

// started is one process that runs.
type started struct {
	*child.Process
	name, log string
}

// Start starts the origin and then every process, each when the one before it is ready. What
// was started is stopped where that fails.
func (f *File) Start(ctx context.Context, cfg origin.ServerConfig) (*Running, error) {
	r := &Running{known: make(map[string]string)}
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	err := r.serveOrigin(ctx, cfg)
	if err == nil {
		r.guard, err = child.NewGuard()
	}
	if err == nil {
		r.dir, err = os.MkdirTemp("", "herdlab-stack-")
	}
	if err == nil {
		err = r.givePorts(f)
	}
	for i := 0; i < len(f.Processes) && err == nil; i++ {
		err = r.startAll(ctx, f, &f.Processes[i])
	}
	if err != nil {
		r.Stop()
		return nil, err
	}
	return r, nil
}

func (r *Running) serveOrigin(ctx context.Context, cfg origin.ServerConfig) error {
	listener, err := origin.Listen(ctx, "0")
	if err != nil {
		return err
	}
	r.Origin = "http://" + listener.Addr().String()
	r.set("ORIGIN", r.Origin)
	r.serving.Go(func() { _ = origin.Serve(r.ctx, listener, cfg) }) // whose end a run notices
	return nil
}

// set gives all processes a variable.
func (r *Running) set(name, value string) {
	r.known[name] = value
	r.Env = append(r.Env, name+"="+value)
}

// givePorts finds a free port for every process before the first starts, so that any may know
// any other's.
func (r *Running) givePorts(f *File) error {
	for i := range f.Processes {
		p := &f.Processes[i]
		var ports []string
		for range p.Count {
			addr, err := engine.FreeAddr()
			if err != nil {
				return err
			}
			ports = append(ports, addr)
		}
		if p.Count == 1 {
			r.set(p.variable("_PORT"), portOf(ports[0]))
			continue
		}
		for k, addr := range ports {
			r.set(p.variable(fmt.Sprintf("_%d_PORT", k+1)), portOf(addr))
		}
		front, err := r.deal(ports)
		if err != nil {
			return err
		}
		r.set(p.variable("_PORT"), portOf(front))
	}
	return nil
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// startAll starts a process as often as it is wanted, and waits until each is ready.
func (r *Running) startAll(ctx context.Context, f *File, p *Process) error {
	first := len(r.started)
	var ports []string
	for k := range p.Count {
		port := r.known[p.variable("_PORT")]
		if p.Count > 1 {
			port = r.known[p.variable(fmt.Sprintf("_%d_PORT", k+1))]
		}
		one, err := r.start(f, p, k, port)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		r.started, ports = append(r.started, one), append(ports, port)
	}
	for k, one := range r.started[first:] {
		if err := one.await(ctx, p, "127.0.0.1:"+ports[k]); err != nil {
			return fmt.Errorf("%s: %w%s", p.Name, err, one.said())
		}
	}
	r.set(p.variable("_PID"), fmt.Sprint(r.started[first].Pid()))
	return nil
}

// start starts process k of its kind.
func (r *Running) start(f *File, p *Process, k int, port string) (*started, error) {
	one := &started{name: p.Name, log: filepath.Join(r.dir, fmt.Sprintf("%s-%d.log", p.Name, k+1))}
	log, err := os.Create(one.log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the program has it too
	cmd := exec.Command("sh", "-c", p.Run)
	cmd.Dir = f.dir
	if filepath.IsAbs(p.Dir) {
		cmd.Dir = p.Dir
	} else if p.Dir != "" {
		cmd.Dir = filepath.Join(f.dir, p.Dir)
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(append(os.Environ(), r.Env...), "PORT="+port)
	for _, v := range p.Env {
		cmd.Env = append(cmd.Env, v.Name+"="+os.Expand(v.Value, func(name string) string {
			if name == "PORT" {
				return port
			}
			return r.variable(name)
		}))
	}
	if one.Process, err = child.Start(cmd); err != nil {
		return nil, err
	}
	return one, r.guard.Watch(one.Process)
}

// variable is a variable of the stack, or of this process.
func (r *Running) variable(name string) string {
	if value, ok := r.known[name]; ok {
		return value
	}
	return os.Getenv(name)
}

// Expand puts the variables into a text.
func (r *Running) Expand(text string) string { return os.Expand(text, r.variable) }

// How often a process is asked whether it is ready, and how long one answer may take.
const (
	polled  = 50 * time.Millisecond
	patient = 5 * time.Second
)

// await waits until a process is ready.
func (s *started) await(ctx context.Context, p *Process, addr string) error {
	if p.Ready == "none" {
		return nil
	}
	limit := time.NewTimer(p.Within)
	defer limit.Stop()
	for {
		err := ask(ctx, p.Ready, addr)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.Ended():
			return fmt.Errorf("it ended before it was ready: %w", s.Err())
		case <-limit.C:
			return fmt.Errorf("it is not ready after %v (%w): see that it listens on $PORT, or give it longer with within", p.Within, err)
		case <-time.After(polled):
		}
	}
}

// ask asks a process whether it is ready.
func ask(ctx context.Context, ready, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	if ready == "port" {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+ready, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("%s is answered with %s", ready, resp.Status)
	}
	return nil
}

// linesShown are those of a process that failed.
const linesShown = 5

// said is the last that a process wrote.
func (s *started) said() string {
	text, _ := os.ReadFile(s.log)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if lines[0] == "" {
		return "; it wrote nothing"
	}
	return "; it wrote:\n" + strings.Join(lines[max(0, len(lines)-linesShown):], "\n")
}

// Alive is nil while every process runs, and else says which has ended and how.
func (r *Running) Alive() error {
	for _, s := range r.started {
		select {
		case <-s.Ended():
			return fmt.Errorf("%s has ended: %w%s", s.name, s.Err(), s.said())
		default:
		}
	}
	return nil
}

// patience is how long a process may take to end when it is asked to.
const patience = 3 * time.Second

// Stop stops what was started, the last first.
func (r *Running) Stop() {
	for i := len(r.started) - 1; i >= 0; i-- {
		r.started[i].EndGroup(patience)
	}
	if r.guard != nil {
		r.guard.Dismiss()
	}
	r.cancel()
	r.serving.Wait()
	_ = os.RemoveAll(r.dir)
}

// deal listens for connections, and passes them on to each of the addresses in its turn.
func (r *Running) deal(addrs []string) (front string, err error) {
	listener, err := origin.Listen(r.ctx, "0")
	if err != nil {
		return "", err
	}
	context.AfterFunc(r.ctx, func() { listener.Close() })
	r.serving.Go(func() {
		for turn := 0; ; turn++ {
			client, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go r.pass(client, addrs[turn%len(addrs)])
			}
		}
	})
	return listener.Addr().String(), nil
}

// pass copies a connection both ways until either side ends it.
func (r *Running) pass(client net.Conn, addr string) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(r.ctx, "tcp", addr)
	if err != nil {
		return
	}
	defer server.Close()
	leave := context.AfterFunc(r.ctx, func() {
		client.Close()
		server.Close()
	})
	defer leave()
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[1], way[0])
			ended <- struct{}{}
		}()
	}
	<-ended
}
