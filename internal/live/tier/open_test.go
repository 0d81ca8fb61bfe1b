package tier

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/redistest"
	model "github.com/herdlab/herdlab/internal/world/tier"
)

// says is a server that answers the same to everything, or nothing.
func says(t *testing.T, text string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				for buf := make([]byte, 4096); ; {
					if _, err := conn.Read(buf); err != nil {
						return
					}
					_, _ = io.WriteString(conn, text)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

// A cache of the user's that cannot be used is one sentence, which says what to do
// and has neither user nor password in it.
func TestUnusable(t *testing.T) {
	cfg := account(true)
	all, plain := redistest.Single(t, cfg), redistest.Single(t, redistest.Config{})
	in := url.UserPassword(cfg.User, cfg.Password).String() + "@"
	wrong := url.UserPassword(cfg.User, "guess%ed").String() + "@"
	for name, value := range map[string]string{"REDIS_CA_CERT": all.CA, "REDIS_USERNAME": "", "REDIS_PASSWORD": ""} {
		t.Setenv(name, value)
	}
	for _, c := range []struct{ name, address, want string }{
		{"right", "rediss://" + in + all.Addrs[0], ""},
		{"no login", "rediss://" + all.Addrs[0], "refuses the login: give its user and password in REDIS_USERNAME and REDIS_PASSWORD"},
		{"wrong password", "rediss://" + wrong + all.Addrs[0], "refuses the login"},
		{"may not read", "redis://" + in + says(t, "-NOPERM User "+cfg.User+" may not\r\n"), "does not let this user read keys that begin with herdlab:"},
		{"TLS is wanted", "redis://" + in + all.Addrs[0], "or rediss:// if it speaks TLS"},
		{"TLS is not had", "rediss://" + in + plain.Addrs[0], "or redis:// if it speaks no TLS"},
		{"nobody", "redis://" + in + "127.0.0.1:1", "the cache at 127.0.0.1:1 does not answer as Redis does (dial tcp 127.0.0.1:1: connect: connection refused)"},
		{"says nothing", "redis://" + in + says(t, ""), "does not answer as Redis does"},
		{"rubbish", "redis://" + in + says(t, "\x00\xffEND\r\n\r\n*-7\r\n"), "does not answer as Redis does"},
		{"no cluster", "redis://" + plain.Addrs[0] + "," + plain.Addrs[0], "are no Redis Cluster: give one of them"},
		{"another database", "redis://" + plain.Addrs[0] + "/99", "cannot be used (ERR DB index is out of range): give another address"},
		{"a cluster has one", "redis://" + plain.Addrs[0] + "," + all.Addrs[0] + "/7", "a Redis Cluster has no database 7"},
		{"no host", "redis://" + in + "127.0.0.1:1,", "not of the form redis://user:password@host:port/db"},
		{"a bare %", "redis://u:guess%word@127.0.0.1:1", "not of the form redis://user:password@host:port/db"},
		{"a parameter", "redis://" + in + "127.0.0.1:1?read_timeout=5s", `has a parameter "read_timeout": there are db and skip_verify`},
		{"memcached has no login", "memcached://" + in + "127.0.0.1:1", "not of the form memcached://host:port,host:port"},
		{"no memcached", "memcached://" + plain.Addrs[0], "does not answer as memcached does"},
		{"memcached says nothing", "memcached://" + says(t, ""), "does not answer as memcached does"},
		{"memcached says rubbish", "memcached://" + says(t, "\x00\xffEND\r\n\r\n"), "does not answer as memcached does"},
		{"twice the same", "memcached://127.0.0.1,127.0.0.1:11211", "names 127.0.0.1:11211 twice"},
		{"a file", "file://u:guess@127.0.0.1", "begins with redis://, rediss:// or memcached://, not file://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // some of them wait
			tier, err := Open(t.Context(), c.address, model.Config{Timeout: time.Second}, 8, "")
			if err == nil {
				tier.Close()
			}
			said := fmt.Sprint(err)
			if (c.want == "") != (err == nil) || !strings.Contains(said, c.want) || strings.Contains(said, "\n") {
				t.Errorf("said %q; want %q", said, c.want)
			}
			for _, secret := range []string{cfg.User, url.User(cfg.User).String(), "s3cret", "guess"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is in %q", secret, said)
				}
			}
		})
	}
}

// A certificate is worth what its authority is.
func TestAuthority(t *testing.T) {
	all := redistest.Single(t, redistest.Config{TLS: true})
	address := "rediss://" + all.Addrs[0]
	for _, c := range []struct{ name, address, ca, want string }{
		{"the right one", address, all.CA, ""},
		{"not looked at", address + "?skip_verify=true", "", ""},
		{"the system's", address, "", "is not trusted (x509: certificate signed by unknown authority): give that of its authority in REDIS_CA_CERT"},
		{"no file", address, "/nowhere/ca.pem", "REDIS_CA_CERT: open /nowhere/ca.pem: no such file"},
		{"no certificate", address, "open.go", "REDIS_CA_CERT: open.go has no certificate in PEM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("REDIS_CA_CERT", c.ca)
			tier, err := Open(t.Context(), c.address, model.Config{Timeout: time.Second}, 8, "")
			if err == nil {
				tier.Close()
			}
			if (c.want == "") != (err == nil) || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("said %v; want %q", err, c.want)
			}
		})
	}
}
