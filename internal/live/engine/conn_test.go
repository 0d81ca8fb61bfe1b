package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// installed is the node, or the end of a test that cannot be run here.
func installed(t testing.TB) func(n *Node, err error) *Node {
	return func(n *Node, err error) *Node {
		t.Helper()
		if errors.Is(err, ErrNotInstalled) {
			t.Skipf("%s", strings.ToUpper(err.Error()))
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(n.Close)
		return n
	}
}

// resp is a connection that speaks Redis's protocol.
type resp struct {
	testing.TB
	conn net.Conn
	r    *bufio.Reader
}

func dial(t testing.TB, addr string) *resp {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &resp{t, conn, bufio.NewReader(conn)}
}

// send sends one command, unanswered.
func (c *resp) send(words ...string) {
	c.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
	}
	if _, err := io.WriteString(c.conn, b.String()); err != nil {
		c.Fatal(err)
	}
}

// do sends one command and returns its answer: a text, a number, "nil", or the
// error; of an array, its parts.
func (c *resp) do(words ...string) string {
	c.Helper()
	c.send(words...)
	answer, err := c.read()
	if err != nil {
		c.Fatalf("%.60q: %v", words, err)
	}
	return answer
}

func (c *resp) read() (string, error) {
	line, err := c.r.ReadString('\n')
	if err != nil || len(line) < 3 {
		return "", fmt.Errorf("answer %q: %w", line, err)
	}
	kind, rest := line[0], line[1:len(line)-2]
	if kind != '$' && kind != '*' {
		return rest, nil
	}
	n, err := strconv.Atoi(rest)
	if err != nil || n < 0 {
		return "nil", err
	}
	if kind == '$' {
		text := make([]byte, n+2)
		_, err := io.ReadFull(c.r, text)
		return string(text[:n]), err
	}
	parts := make([]string, n)
	for i := range parts {
		if parts[i], err = c.read(); err != nil {
			return "", err
		}
	}
	return strings.Join(parts, " "), nil
}

// says fails unless the answer is want.
func (c *resp) says(want string, words ...string) {
	c.Helper()
	if got := c.do(words...); got != want {
		c.Errorf("%.80q says %q, want %q", words, got, want)
	}
}

// refused waits until nobody listens on addr.
func refused(t testing.TB, addr string) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(time.Millisecond) {
		conn, err := net.DialTimeout("tcp", addr, patience)
		if err != nil {
			return
		}
		_ = conn.Close()
	}
	t.Errorf("%s is still there after %v", addr, patience)
}

var background = context.Background()
