package redistest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Keys is how many keys server i has.
func (s *Servers) Keys(i int) (n int, err error) {
	commands := [][]string{{"DBSIZE"}}
	if s.cfg.User != "" {
		commands = append([][]string{{"AUTH", s.cfg.User, s.cfg.Password}}, commands...)
	}
	answer, err := s.tell(s.Addrs[i], commands...)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer)
}

// tell sends commands to a server and returns its last answer.
func (s *Servers) tell(addr string, commands ...[]string) (answer string, err error) {
	conn, err := s.dial(addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return "", err
	}
	r := bufio.NewReader(conn)
	for _, words := range commands {
		if _, err := io.WriteString(conn, request(words)); err != nil {
			return "", err
		}
		if answer, err = reply(r); err != nil {
			return "", fmt.Errorf("%s at %s: %w", words[0], addr, err) // what follows may be a password
		}
	}
	return answer, nil
}

func (s *Servers) dial(addr string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: limit}
	if s.tls == nil {
		return dialer.Dial("tcp", addr)
	}
	return tls.DialWithDialer(dialer, "tcp", addr, &tls.Config{RootCAs: s.tls.authority})
}

func request(words []string) string {
	text := fmt.Sprintf("*%d\r\n", len(words))
	for _, w := range words {
		text += fmt.Sprintf("$%d\r\n%s\r\n", len(w), w)
	}
	return text
}

// reply reads a status, a number or a string: the commands here have no other answers.
func reply(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	rest := strings.TrimSpace(line[1:])
	switch line[0] {
	case '+', ':':
		return rest, nil
	case '$':
		var n int
		if _, err := fmt.Sscan(rest, &n); err != nil {
			return "", err
		}
		text := make([]byte, n+2)
		_, err := io.ReadFull(r, text)
		return string(text), err
	}
	return "", fmt.Errorf("it answers %q", line)
}
