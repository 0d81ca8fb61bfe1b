// Package redistest runs private Redis servers for tests: one, or a Redis Cluster,
// with TLS and a login where they are asked for.
package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Config is who may use the servers, and how. The zero value is anybody, without
// TLS.
type Config struct {
	// User and Password are those of the one account that may log in. It may do what
	// the lab has to, with the lab's own keys.
	User, Password string

	// TLS is to be spoken, under certificates of an authority of the servers' own.
	TLS bool
}

// prefix begins the keys that the account may touch.
const prefix = "herdlab:"

// permitted is what the account may do with them: what docs/loadtest.md asks for, and,
// for the tests, to count and to plant a list.
func permitted() []string {
	return []string{
		"+get", "+set", "+del", "+getrange", "+strlen", "+pexpire", "+eval", "+evalsha", "+select", "+cluster|slots",
		"+dbsize", "+lpush", "+pttl",
	}
}

// Servers are one server, or the masters of a cluster, in this order.
type Servers struct {
	Addrs []string
	CA    string // file with the certificate of the authority; "" without TLS

	dir  string
	cfg  Config
	tls  *certificates // nil without TLS
	list []*server
}

// Single runs one server until the test ends. The test is skipped where Redis is not
// installed.
func Single(t testing.TB, cfg Config) *Servers { return run(t, cfg, 1, false) }

// Cluster runs three masters, which share the slots and have no replicas, until the
// test ends. The test is skipped where Redis is not installed.
func Cluster(t testing.TB, cfg Config) *Servers { return run(t, cfg, 3, true) }

func run(t testing.TB, cfg Config, n int, clustered bool) *Servers {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: REDIS-SERVER IS NOT INSTALLED: %v", err)
	}
	s, err := start(cfg, n, clustered)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func start(cfg Config, n int, clustered bool) (_ *Servers, err error) {
	s := &Servers{cfg: cfg}
	if s.dir, err = os.MkdirTemp("", "herdlab-redistest-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if cfg.TLS {
		s.CA = filepath.Join(s.dir, "ca.pem")
		if s.tls, err = certify(s.dir, s.CA); err != nil {
			return nil, err
		}
	}
	for range n {
		one, err := s.serve(clustered)
		if err != nil {
			return nil, err
		}
		s.list, s.Addrs = append(s.list, one), append(s.Addrs, one.addr)
	}
	if clustered {
		if err := s.form(); err != nil {
			return nil, err
		}
	}
	return s, s.lock()
}

// lock lets in nobody but the account.
func (s *Servers) lock() error {
	if s.cfg.User == "" {
		return nil
	}
	for _, one := range s.list {
		_, err := s.tell(one.addr, "",
			append([]string{"ACL", "SETUSER", s.cfg.User, "on", ">" + s.cfg.Password, "~" + prefix + "*"}, permitted()...),
			[]string{"ACL", "SETUSER", "default", "off"})
		if err != nil {
			return err
		}
	}
	return nil
}

// Kill ends server i at once, as SIGKILL does. Killing what is dead does nothing.
func (s *Servers) Kill(i int) { _ = s.list[i].stop() } // stop says again what went wrong

// stop ends all servers and removes all that they kept.
func (s *Servers) stop() error {
	var faults []error
	for _, one := range s.list {
		faults = append(faults, one.stop())
	}
	return errors.Join(append(faults, os.RemoveAll(s.dir))...)
}

// Keys is how many keys server i has.
func (s *Servers) Keys(i int) (n int, err error) {
	answer, err := s.tell(s.Addrs[i], s.cfg.User, []string{"DBSIZE"})
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer)
}

// tell logs in, unless the user is "", sends commands to a server and returns its last
// answer.
func (s *Servers) tell(addr, user string, commands ...[]string) (answer string, err error) {
	options := &redis.Options{Addr: addr, DialTimeout: limit, ReadTimeout: limit, MaxRetries: -1, Protocol: 2}
	if user != "" {
		options.Username, options.Password = user, s.cfg.Password
	}
	if s.tls != nil {
		options.TLSConfig = &tls.Config{RootCAs: s.tls.authority}
	}
	client := redis.NewClient(options)
	defer client.Close()
	for _, words := range commands {
		var args []any
		for _, w := range words {
			args = append(args, w)
		}
		got, err := client.Do(context.Background(), args...).Result()
		if err != nil {
			return "", fmt.Errorf("%s at %s: %w", words[0], addr, err) // what follows may be a password
		}
		answer = fmt.Sprint(got)
	}
	return answer, nil
}

// slots is how many a cluster has.
const slots = 16384

// again is when those who have not met by then are told once more: on a busy
// machine a handshake may take longer than the servers wait for it.
const again = 2 * time.Second

// form makes one cluster of the servers, and returns when all of them say that it is
// up.
func (s *Servers) form() error {
	for i, one := range s.list {
		n := len(s.list)
		if _, err := s.tell(one.addr, "", []string{"CLUSTER", "ADDSLOTSRANGE", fmt.Sprint(slots * i / n), fmt.Sprint(slots*(i+1)/n - 1)}); err != nil {
			return err
		}
	}
	begun := time.Now()
	var met time.Time
	for ; ; time.Sleep(10 * time.Millisecond) {
		if time.Since(met) > again {
			if err := s.meet(); err != nil {
				return err
			}
			met = time.Now()
		}
		up, said, err := s.up()
		if up || err != nil {
			return err
		}
		if time.Since(begun) > limit {
			return fmt.Errorf("the cluster is not up after %v: %s", limit, said)
		}
	}
}

// meet introduces the first server and every other one to each other.
func (s *Servers) meet() error {
	for _, other := range s.list[1:] {
		for _, pair := range [][2]*server{{other, s.list[0]}, {s.list[0], other}} {
			host, port, err := net.SplitHostPort(pair[1].addr)
			if err != nil {
				return err
			}
			if _, err := s.tell(pair[0].addr, "", []string{"CLUSTER", "MEET", host, port, pair[1].bus}); err != nil {
				return err
			}
		}
	}
	return nil
}

// up reports whether every server knows all others, and all slots to be served.
func (s *Servers) up() (up bool, said string, err error) {
	for _, one := range s.list {
		if said, err = s.tell(one.addr, "", []string{"CLUSTER", "INFO"}); err != nil {
			return false, "", err
		}
		if !strings.Contains(said, "cluster_state:ok") || !strings.Contains(said, fmt.Sprintf("cluster_known_nodes:%d\r", len(s.list))) {
			return false, said, nil
		}
	}
	return true, "", nil
}
