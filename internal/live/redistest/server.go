package redistest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/live/servertest"
)

// limit is how long anything that is waited for here may take.
const limit = 20 * time.Second

// server is one redis-server.
type server struct {
	addr, bus string // bus is the port on which a cluster talks to itself
	stop      func() error
}

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
		one, err := s.begin(clustered, ports[0], ports[1])
		if err == nil || left == 1 || !strings.Contains(err.Error(), "ddress already in use") {
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

// begin starts a server and returns when it says that it listens.
func (s *Servers) begin(clustered bool, port, bus string) (*server, error) {
	dir := filepath.Join(s.dir, port)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	cmd := exec.Command("redis-server", s.args(dir, clustered, port, bus)...)
	cmd.Dir = dir
	stop, err := servertest.Start(cmd, "KILL")
	return &server{addr: "127.0.0.1:" + port, bus: bus, stop: stop}, err
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
