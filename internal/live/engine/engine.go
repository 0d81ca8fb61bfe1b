// Package engine starts caches that are real and stops them again: a redis-server
// or a memcached of its own, on a free port of this machine, or a Redis inside
// this process. A test or a load test does to them what happens to caches: kills
// them, has them hang, empties them.
//
// What was started is stopped: by [Node.Close], when the context ends, and, on
// Linux, by the kernel when this process dies of whatever cause.
package engine

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

// Config is what a cache is started with. The zero value is a cache of 64 MB.
type Config struct {
	// Binary is the program. Default: redis-server or memcached, from the PATH.
	// Not for the embedded one.
	Binary string

	// Port is where it listens, on 127.0.0.1. Default 0: any that is free.
	Port int

	// Memory is its limit for values in bytes, and for what it spends on each;
	// memcached takes whole MiB, rounded up. Default 64 MiB. The embedded one has no limit.
	Memory int64

	// MaxItem is the largest entry that memcached takes, in bytes, what it spends on
	// one included: a multiple of [LeastItem] up to [LargestItem]. Default 1 MiB, or half of
	// Memory if that is less. Of memcached only.
	MaxItem int64

	// Eviction is what Redis gives up when it is full, its maxmemory-policy.
	// Default allkeys-lru; noeviction refuses to store. memcached evicts the least
	// recently used, and with noeviction refuses too. Not for the embedded one.
	Eviction string

	// Ready is how long a start may take. Default 10 s.
	Ready time.Duration
}

func (c Config) orDefault() Config {
	c.Memory = cmp.Or(c.Memory, 64<<20)
	c.Eviction = cmp.Or(c.Eviction, "allkeys-lru")
	c.Ready = cmp.Or(c.Ready, 10*time.Second)
	return c
}

// Node is one running cache. Its methods are safe for concurrent use.
type Node struct {
	// Addr is its host and port. It stays the same over Restart.
	Addr string

	mu     sync.Mutex
	life   life // nil while killed
	begin  func(addr string) (life, error)
	flush  func(addr string) error
	closed bool
	leave  func() bool // the context
}

// life is a cache from start to end.
type life interface {
	kill()        // and wait until it is gone
	hang() error  // keep connections and answer nothing
	wake() error  // answer again, also what came meanwhile
	alive() error // nil, or why it has ended
}

// start makes a node of a first life, and ends it with ctx.
func start(ctx context.Context, addr string, first life, begin func(string) (life, error), flush func(string) error) *Node {
	n := &Node{Addr: addr, life: first, begin: begin, flush: flush}
	n.mu.Lock() // the context may end at once
	defer n.mu.Unlock()
	n.leave = context.AfterFunc(ctx, n.Close)
	return n
}

// Kill ends the cache at once, with all that it has, as SIGKILL does: its
// connections break and new ones are refused. Killing what is dead does nothing.
func (n *Node) Kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.end()
}

// end ends the life that there is, if any. The caller holds the mutex.
func (n *Node) end() {
	if n.life != nil {
		n.life.kill()
		n.life = nil
	}
}

// Restart starts it again on the same address, empty. One that is running is
// killed first.
func (n *Node) Restart() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return fmt.Errorf("cache on %s was closed: start another", n.Addr)
	}
	n.end()
	next, err := n.begin(n.Addr)
	n.life = next
	return err
}

// Hang makes it stop as if by SIGSTOP: connections stay and are accepted, and
// nothing is answered until Wake.
func (n *Node) Hang() error { return n.living(life.hang) }

// Wake lets it go on after Hang. It does then what it was asked meanwhile.
func (n *Node) Wake() error { return n.living(life.wake) }

// Alive returns nil while the cache runs and is not known to have ended, and the
// reason, with the last that it wrote, where it has.
func (n *Node) Alive() error { return n.living(life.alive) }

func (n *Node) living(do func(life) error) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life == nil {
		return fmt.Errorf("cache on %s is not running: it was killed or closed", n.Addr)
	}
	return do(n.life)
}

// Flush empties it.
func (n *Node) Flush() error {
	if err := n.Alive(); err != nil {
		return err
	}
	if err := n.flush(n.Addr); err != nil {
		return fmt.Errorf("empty the cache on %s: %w", n.Addr, err)
	}
	return nil
}

// Close kills it for good. Closing again does nothing.
func (n *Node) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	n.leave()
	n.end()
}
