package redistest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// limit is how long anything that is waited for here may take.
const limit = 20 * time.Second

// server is one redis-server.
type server struct {
	addr, bus string // bus is the port on which a cluster talks to itself
	stdin     io.Closer
	guard     *exec.Cmd
	killed    func()
}

// guard runs a server and kills it when its standard input ends, which it does also
// if the test is killed.
const guard = `"$@" 2>&1 & server=$!
exec >&-
cat >/dev/null
kill -KILL $server
wait $server 2>/dev/null; true`

// starts is on how many pairs of free ports it is tried: between finding and using
// one another program may take it.
const starts = 5

// serve starts a server on free ports.
func (s *Servers) serve(clustered bool) (*server, error) {
	for left := starts; ; left-- {
		ports, err := free(2)
		if err != nil {
			return nil, err
		}
		one, said, err := s.begin(clustered, ports[0], ports[1])
		if err == nil || left == 1 || !strings.Contains(said, "ddress already in use") {
			return one, err
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

// begin starts a server and returns when it says that it listens, or else with what it
// said.
func (s *Servers) begin(clustered bool, port, bus string) (_ *server, said string, err error) {
	dir := filepath.Join(s.dir, port)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, "", err
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", guard, "guard", "redis-server"}, s.args(dir, clustered, port, bus)...)...)
	cmd.Dir = dir
	// A group of its own: an interrupt at the terminal goes through the test.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", err
	}
	log, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	one := &server{addr: "127.0.0.1:" + port, bus: bus, stdin: stdin, guard: cmd}
	one.killed = sync.OnceFunc(func() {
		_ = stdin.Close()
		_ = cmd.Wait() // its exit code is that of a server that was killed
	})
	late := time.AfterFunc(limit, func() { _ = stdin.Close() })
	said, ok := ready(log)
	if inTime := late.Stop(); !inTime || !ok {
		one.kill()
		return nil, said, fmt.Errorf("redis-server on %s did not come up:\n%s", one.addr, said)
	}
	go io.Copy(io.Discard, log) // ends with the server
	return one, said, nil
}

func (s *Servers) args(dir string, clustered bool, port, bus string) []string {
	args := []string{"--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"}
	if clustered {
		args = append(args, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "1000")
	}
	if s.tls == nil {
		return append(args, "--port", port)
	}
	args = append(args, "--port", "0", "--tls-port", port, "--tls-auth-clients", "no",
		"--tls-cert-file", s.tls.cert, "--tls-key-file", s.tls.key, "--tls-ca-cert-file", s.CA)
	if clustered {
		args = append(args, "--tls-cluster", "yes")
	}
	return args
}

// ready reads the server's log up to the line that says that it can be used.
func ready(log io.Reader) (said string, ok bool) {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			return said, true
		}
	}
	return said, false
}

func (s *server) kill() { s.killed() }

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
