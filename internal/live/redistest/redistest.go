// Package redistest runs private Redis servers for tests: one, or a Redis Cluster,
// with TLS and a login where they are asked for.
package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
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
// for the tests, to count, to plant a list and to ask how the cluster is.
const permitted = "+get +set +del +getrange +strlen +pexpire +eval +evalsha +select +cluster|slots " +
	"+dbsize +lpush +pttl +cluster|info +cluster|nodes"

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
	s := &Servers{cfg: cfg, dir: t.TempDir()}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Error(err)
		}
	})
	if err := s.start(n, clustered); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Servers) start(n int, clustered bool) (err error) {
	if s.cfg.TLS {
		s.CA = filepath.Join(s.dir, "ca.pem")
		if s.tls, err = certify(s.dir, s.CA); err != nil {
			return err
		}
	}
	if err := s.serve(n, clustered); err != nil || !clustered {
		return err
	}
	return s.join()
}

// Kill ends server i at once, as SIGKILL does. Killing what is dead does nothing.
func (s *Servers) Kill(i int) { _ = s.list[i].stop() } // the end says again what went wrong

// end ends all servers that have begun.
func (s *Servers) end() (err error) {
	for _, one := range s.list {
		if one.stop != nil {
			err = errors.Join(err, one.stop())
		}
	}
	return err
}

// Keys is how many keys server i has.
func (s *Servers) Keys(i int) (n int, err error) {
	answer, err := s.tell(s.Addrs[i], s.cfg.User, "DBSIZE")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer)
}

// tell logs in, unless the user is "", sends a command to a server and returns its
// answer.
func (s *Servers) tell(addr, user string, words ...any) (answer string, err error) {
	options := &redis.Options{Addr: addr, DialTimeout: limit, ReadTimeout: limit, MaxRetries: -1, Protocol: 2}
	if user != "" {
		options.Username, options.Password = user, s.cfg.Password
	}
	if s.tls != nil {
		options.TLSConfig = &tls.Config{RootCAs: s.tls.authority}
	}
	client := redis.NewClient(options)
	defer client.Close()
	got, err := client.Do(context.Background(), words...).Result()
	if err != nil {
		return "", fmt.Errorf("%v at %s: %w", words, addr, err)
	}
	return fmt.Sprint(got), nil
}

// join returns when every server says that the cluster is up and that it reaches all
// others.
func (s *Servers) join() error {
	begun := time.Now()
	for _, addr := range s.Addrs {
		for {
			info, err := s.tell(addr, s.cfg.User, "CLUSTER", "INFO")
			if err != nil {
				return err
			}
			nodes, err := s.tell(addr, s.cfg.User, "CLUSTER", "NODES")
			if err != nil {
				return err
			}
			if strings.Contains(info, "cluster_state:ok") && strings.Count(nodes, " connected") == len(s.list) {
				break
			}
			if time.Since(begun) > limit {
				return fmt.Errorf("the cluster is not up after %v: %s%s", limit, info, nodes)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return nil
}
