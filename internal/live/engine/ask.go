package engine

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// How long a server may take to answer a question of ours: one that runs, and
// one that is starting, which is asked again and again.
const (
	asking   = 5 * time.Second
	starting = 250 * time.Millisecond
)

// ask sends a request and hands the answer to read. A client library is not
// needed for the few words that are said here.
func ask(addr string, limit time.Duration, request string, read func(*bufio.Reader) error) error {
	conn, err := net.DialTimeout("tcp", addr, limit)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, request); err != nil {
		return err
	}
	return read(bufio.NewReader(conn))
}

// expect is an answer of one line.
func expect(want string) func(*bufio.Reader) error {
	return func(r *bufio.Reader) error {
		line, err := r.ReadString('\n')
		if err == nil && strings.TrimSpace(line) != want {
			err = fmt.Errorf("it answers %.80q", line)
		}
		return err
	}
}

// numberAfter reads lines up to one that begins with word, and then scans its
// number.
func numberAfter(word string, n *int) func(*bufio.Reader) error {
	return func(r *bufio.Reader) error {
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return fmt.Errorf("it does not say %s: %w", strings.TrimSpace(word), err)
			}
			if rest, ok := strings.CutPrefix(line, word); ok {
				_, err := fmt.Sscan(rest, n)
				return err
			}
			if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "ERROR") {
				return fmt.Errorf("it answers %.80q", line)
			}
		}
	}
}
