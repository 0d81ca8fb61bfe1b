// Package redistest runs private Redis servers for tests: one, or a Redis Cluster,
// with TLS and a login where they are asked for.
package redistest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/herdlab/herdlab/internal/live/servertest"
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

// limit is how long anything that is waited for here may take.
const limit = 20 * time.Second

// server is one redis-server.
type server struct {
	port, bus string // bus is the port on which a cluster talks to itself
	stop      func() error
}

func (s *server) addr() string { return "127.0.0.1:" + s.port }

// starts is on how many sets of free ports it is tried: between finding and using
// one another program may take it.
const starts = 5

// serve starts n servers on free ports.
func (s *Servers) serve(n int, clustered bool) error {
	for left := starts; ; left-- {
		ports, err := free(2 * n)
		if err != nil {
			return err
		}
		s.list, s.Addrs = nil, nil
		for pair := range slices.Chunk(ports, 2) {
			one := &server{port: pair[0], bus: pair[1]}
			s.list, s.Addrs = append(s.list, one), append(s.Addrs, one.addr())
		}
		for i := 0; i < n && err == nil; i++ {
			err = s.begin(i, clustered)
		}
		if err == nil || left == 1 || !strings.Contains(err.Error(), "ddress already in use") {
			return err
		}
		if err := s.end(); err != nil {
			return err
		}
	}
}

// free are ports that nobody listened on a moment ago.
func free(n int) (ports []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // after the last is found, so that they differ
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}

// begin starts server i and returns when it says that it listens.
func (s *Servers) begin(i int, clustered bool) (err error) {
	one := s.list[i]
	dir := filepath.Join(s.dir, one.port)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	args := []string{"--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"}
	if clustered {
		args = append(args, "--cluster-enabled", "yes", "--cluster-port", one.bus, "--cluster-node-timeout", "1000")
		if err := os.WriteFile(filepath.Join(dir, "nodes.conf"), []byte(s.nodes(i)), 0o600); err != nil {
			return err
		}
	}
	if s.cfg.User != "" { // and nobody else
		account := fmt.Sprintf("on #%x ~%s* %s", sha256.Sum256([]byte(s.cfg.Password)), prefix, permitted)
		args = append(append(args, "--user", s.cfg.User), strings.Fields(account)...)
		args = append(args, "--user", "default", "off")
	}
	if s.tls == nil {
		args = append(args, "--port", one.port)
	} else {
		args = append(args, "--port", "0", "--tls-port", one.port, "--tls-auth-clients", "no", "--tls-cluster", "yes",
			"--tls-cert-file", s.tls.cert, "--tls-key-file", s.tls.key, "--tls-ca-cert-file", s.CA)
	}
	cmd := exec.Command("redis-server", args...)
	cmd.Dir = dir
	one.stop, err = servertest.Start(cmd, "KILL")
	return err
}

// slots is how many a cluster has.
const slots = 16384

// nodes is the file in which server i finds the whole cluster when it starts, and itself:
// nobody has to be introduced.
func (s *Servers) nodes(i int) string {
	var b strings.Builder
	for j, one := range s.list {
		who := map[bool]string{true: "myself,master", false: "master"}[j == i]
		n := len(s.list)
		fmt.Fprintf(&b, "%040d %s@%s %s - 0 0 %d connected %d-%d\n", j, one.addr(), one.bus, who, j+1, slots*j/n, slots*(j+1)/n-1)
	}
	return fmt.Sprintf("%svars currentEpoch %d lastVoteEpoch 0\n", &b, len(s.list))
}

// certificates are what the servers prove with who they are.
type certificates struct {
	authority *x509.CertPool
	cert, key string // files
}

// certify makes a certificate for 127.0.0.1, which is its own authority. The masters
// of a cluster are each other's clients.
func certify(dir, ca string) (*certificates, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a cache"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	c := &certificates{x509.NewCertPool(), ca, filepath.Join(dir, "key.pem")}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.authority.AppendCertsFromPEM(cert)
	return c, errors.Join(
		os.WriteFile(c.cert, cert, 0o600),
		os.WriteFile(c.key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), 0o600))
}
