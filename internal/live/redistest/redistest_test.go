package redistest

import (
	"crypto/tls"
	"net"
	"os"
	"strings"
	"testing"
)

// A server with TLS and a login lets nobody else in, and is gone after the test. (That
// a cluster is one is seen by those who use it.)
func TestSingle(t *testing.T) {
	var s *Servers
	t.Run("up", func(t *testing.T) {
		s = Single(t, Config{User: "herd", Password: "pass word/with:%odd@signs", TLS: true})
		if n, err := s.Keys(0); n != 0 || err != nil {
			t.Errorf("%d keys, %v", n, err)
		}
		if _, err := s.tell(s.Addrs[0], "", "DBSIZE"); err == nil || !strings.Contains(err.Error(), "NOAUTH") {
			t.Errorf("without a login: %v", err)
		}
		if conn, err := tls.Dial("tcp", s.Addrs[0], nil); err == nil {
			conn.Close()
			t.Error("the certificate is one of a known authority")
		}
		s.Kill(0)
		s.Kill(0) // again does nothing
		if _, err := s.Keys(0); err == nil {
			t.Error("it answers after its death")
		}
	})
	if s == nil {
		t.Skip("SKIPPED, NOTHING WAS TESTED: REDIS-SERVER IS NOT INSTALLED")
	}
	if conn, err := net.Dial("tcp", s.Addrs[0]); err == nil {
		conn.Close()
		t.Error("somebody still listens")
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", s.dir, err)
	}
}
