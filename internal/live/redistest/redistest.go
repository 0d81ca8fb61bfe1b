// Package redistest runs private Redis servers for tests: one, or a Redis Cluster,
// with TLS and a login where they are asked for.
package redistest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
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
		_, err := s.tell(one.addr,
			append([]string{"ACL", "SETUSER", s.cfg.User, "on", ">" + s.cfg.Password, "~" + prefix + "*"}, permitted()...),
			[]string{"ACL", "SETUSER", "default", "off"})
		if err != nil {
			return err
		}
	}
	return nil
}

// Kill ends server i at once, as SIGKILL does. Killing what is dead does nothing.
func (s *Servers) Kill(i int) { s.list[i].kill() }

// stop ends all servers and removes all that they kept.
func (s *Servers) stop() error {
	for _, one := range s.list {
		one.kill()
	}
	return os.RemoveAll(s.dir)
}
