package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// kind is a cache and the words to write a value and to read it back.
type kind struct {
	name  string
	start func(context.Context, Config) (*Node, error)
	set   string
	get   string
	found string // how the answer begins
}

func kinds() []kind {
	const set, get = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
	return []kind{
		{"redis", Redis, set, get, "$1\r\n"},
		{"embedded", Embedded, set, get, "$1\r\n"},
		{"memcached", Memcached, "set k 0 0 1\r\nv\r\n", "get k\r\n", "VALUE k"},
	}
}

// tell sends words on a new connection and returns the line that comes back.
func tell(addr, words string, limit time.Duration) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, limit)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, words); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

// holds fails unless the value is there, or is not.
func (k kind) holds(t *testing.T, n *Node, want bool) {
	t.Helper()
	line, err := tell(n.Addr, k.get, patience)
	if err != nil || (len(line) >= len(k.found) && line[:len(k.found)] == k.found) != want {
		t.Errorf("the value is there: not %v (%q, %v)", want, line, err)
	}
}

func (k kind) put(t *testing.T, n *Node) {
	t.Helper()
	if line, err := tell(n.Addr, k.set, patience); err != nil {
		t.Fatalf("set: %q, %v", line, err)
	}
	k.holds(t, n, true)
}

func TestNode(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			n := installed(t)(k.start(background, Config{}))
			k.put(t, n)
			if err := n.Flush(); err != nil {
				t.Error(err)
			}
			k.holds(t, n, false)
			k.put(t, n)

			addr := n.Addr
			for range 2 {
				n.Kill()
			}
			if _, err := tell(addr, k.get, patience); err == nil {
				t.Error("a dead cache answers")
			}
			if n.Alive() == nil || n.Hang() == nil || n.Wake() == nil || n.Flush() == nil {
				t.Error("a dead cache is alive, hangs, wakes or is emptied")
			}
			if err := n.Restart(); err != nil {
				t.Fatal(err)
			}
			if err := n.Alive(); err != nil || n.Addr != addr {
				t.Errorf("after a restart: %s, was %s; %v", n.Addr, addr, err)
			}
			k.holds(t, n, false)
			k.put(t, n)
			if err := n.Restart(); err != nil { // of one that runs
				t.Fatal(err)
			}
			k.holds(t, n, false)

			n.Close()
			n.Close()
			refused(t, addr)
			if err := n.Restart(); err == nil {
				t.Error("a closed cache starts again")
			}
		})
	}
}

func TestHang(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			n := installed(t)(k.start(background, Config{}))
			k.put(t, n)
			old, err := net.Dial("tcp", n.Addr)
			if err != nil {
				t.Fatal(err)
			}
			defer old.Close()
			for range 2 {
				if err := n.Hang(); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := tell(n.Addr, k.get, 30*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("a new connection: %v, want that the time is over", err)
			}
			if _, err := io.WriteString(old, k.get); err != nil {
				t.Fatal(err)
			}
			if err := old.SetDeadline(time.Now().Add(30 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if _, err := old.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("an old connection: %v, want that the time is over", err)
			}
			if err := n.Wake(); err != nil {
				t.Fatal(err)
			}
			if err := old.SetDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(old).ReadString('\n'); err != nil || line[:1] != k.found[:1] {
				t.Errorf("what was asked meanwhile: %q, %v", line, err)
			}
			k.holds(t, n, true)

			if err := n.Hang(); err != nil {
				t.Fatal(err)
			}
			n.Kill() // also while it hangs
			refused(t, n.Addr)
			if err := n.Restart(); err != nil {
				t.Fatal(err)
			}
			k.holds(t, n, false)
		})
	}
}

func TestContextEnds(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(background)
			defer cancel()
			n := installed(t)(k.start(ctx, Config{}))
			cancel()
			refused(t, n.Addr)
		})
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			n, err := k.start(background, Config{Port: l.Addr().(*net.TCPAddr).Port, Ready: 2 * time.Second})
			if err == nil {
				n.Close()
				t.Fatal("it starts on a port that another has")
			}
			if errors.Is(err, ErrNotInstalled) {
				installed(t)(n, err)
			}
			if !strings.Contains(err.Error(), "in use") {
				t.Error(err)
			}
		})
	}
}

// A server of the same kind that was there before is not taken for ours.
func TestPortOfAnother(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			other := installed(t)(k.start(background, Config{}))
			_, port, err := net.SplitHostPort(other.Addr)
			if err != nil {
				t.Fatal(err)
			}
			number, err := strconv.Atoi(port)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := k.start(background, Config{Port: number}); err == nil {
				n.Close()
				t.Error("it is said to run on the port of another")
			}
			k.put(t, other)
		})
	}
}

func TestSeveral(t *testing.T) {
	seen := make(map[string]bool)
	for range 3 {
		for _, k := range kinds() {
			n, err := k.start(background, Config{})
			if errors.Is(err, ErrNotInstalled) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close()
			if seen[n.Addr] {
				t.Errorf("two are on %s", n.Addr)
			}
			seen[n.Addr] = true
		}
	}
	if len(seen) < 3 {
		t.Error(fmt.Errorf("%d started, want 3 embedded ones at least", len(seen)))
	}
}
