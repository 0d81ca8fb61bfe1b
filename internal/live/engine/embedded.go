package engine

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// Embedded starts a Redis inside this process: miniredis, behind a front that
// lets time pass for its keys. It needs no program, has database 0 alone, no
// memory limit and no eviction, and runs scripts some eight times slower than
// redis-server: name it with every figure that was measured on it.
//
// What does not expire: fields of hashes. What is not exact: a ttl that is read
// within MULTI.
func Embedded(ctx context.Context, cfg Config) (*Node, error) {
	first, err := beginEmbedded(fmt.Sprintf("127.0.0.1:%d", cfg.Port))
	if err != nil {
		return nil, err
	}
	begin := func(addr string) (life, error) { return beginEmbedded(addr) }
	return start(ctx, first.listener.Addr().String(), first, begin, flushRedis), nil
}

// embedded is one life of an embedded Redis. Its connections are the front's;
// each command goes from there to the miniredis behind, which has neither
// listener nor connection. Scripts call the latter and so do not come by here
// twice.
type embedded struct {
	listener net.Listener
	front    *server.Server
	redis    *miniredis.Miniredis
	behind   *server.Server // its
	now      func() time.Time
	accepts  sync.WaitGroup

	gate  sync.RWMutex // locked while it hangs: every command has to come through
	hangs bool
	ended bool

	mu     sync.Mutex // one command at a time, as Redis does it
	dues   dues
	queued map[*server.Peer][]string // keys of the commands within MULTI
}

func beginEmbedded(addr string) (*embedded, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("start the embedded cache: %w", err)
	}
	e := &embedded{
		listener: listener, front: server.NewServerConn(), redis: miniredis.NewMiniRedis(), now: time.Now,
		queued: make(map[*server.Peer][]string),
	}
	conn, err := e.redis.Dial() // this makes its server
	if err != nil {
		return nil, fmt.Errorf("start the embedded cache: %w", err)
	}
	_ = conn.Close()
	e.behind = e.redis.Server()
	e.dues = newDues(e.redis.DB(0))
	e.front.SetPreHook(e.serve)
	e.accepts.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			e.front.ServeConn(conn)
		}
	})
	return e, nil
}

// serve does one command. It returns true: there is nothing left to do.
func (e *embedded) serve(c *server.Peer, cmd string, args ...string) bool {
	e.gate.RLock()
	ended := e.ended
	e.gate.RUnlock()
	if ended {
		c.Close()
		return true
	}
	words := append([]string{cmd}, args...)
	if waits(cmd) { // for others, who must be let in
		e.mu.Lock()
		e.dues.expire(e.now())
		e.mu.Unlock()
		e.behind.Dispatch(c, words)
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	e.dues.expire(now)
	keys, begun := e.queued[c]
	switch {
	case cmd == "SELECT" && (len(args) != 1 || args[0] != "0"), cmd == "SWAPDB", cmd == "MOVE":
		c.WriteError("ERR the embedded cache has database 0 alone")
		return true
	case begun && cmd != "EXEC": // and what it will touch is remembered
		for _, key := range args {
			e.queued[c] = append(e.queued[c], strings.Clone(key))
		}
		if cmd == "DISCARD" {
			delete(e.queued, c)
		}
		e.behind.Dispatch(c, words)
		return true
	case begun:
		delete(e.queued, c)
	default:
		if e.dues.answer(c, cmd, args, now) {
			return true
		}
		keys = args // those that are none have no ttl
		if readsTTL(cmd) {
			e.dues.refresh(keys, now)
		}
	}
	e.behind.Dispatch(c, words)
	switch cmd {
	case "MULTI":
		e.queued[c] = nil
		c.OnDisconnect(func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			delete(e.queued, c)
		})
	case "FLUSHALL", "FLUSHDB":
		e.dues.clear()
	}
	e.dues.note(keys, now)
	return true
}

func (e *embedded) kill() {
	_ = e.listener.Close()
	e.accepts.Wait()
	_ = e.hang()
	e.ended = true
	_ = e.wake()
	e.redis.Close() // wakes those who wait in a command
	e.front.Close()
}

// hang returns when no command is under way.
func (e *embedded) hang() error {
	if !e.hangs {
		e.gate.Lock()
		e.hangs = true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return nil
}

func (e *embedded) wake() error {
	if e.hangs {
		e.hangs = false
		e.gate.Unlock()
	}
	return nil
}

func (e *embedded) alive() error { return nil }

// waits reports whether a command may wait for what another connection does.
func waits(cmd string) bool {
	return slices.Contains([]string{
		"BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP",
		"XREAD", "XREADGROUP", "WAIT", "SUBSCRIBE", "PSUBSCRIBE",
	}, cmd)
}

// readsTTL reports whether what a command does may depend on the ttl of one of
// its keys.
func readsTTL(cmd string) bool {
	return slices.Contains([]string{
		"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO",
		"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "RENAME", "RENAMENX", "COPY",
	}, cmd)
}
