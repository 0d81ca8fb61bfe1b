package redistest

import (
	"crypto/tls"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// A cluster of servers with TLS and a login knows all its slots, lets nobody else in,
// and is gone afterwards.
func TestCluster(t *testing.T) {
	var all *Servers
	var dir string
	t.Run("up", func(t *testing.T) {
		begun := time.Now()
		all = Cluster(t, Config{User: "herd", Password: "pass word/with:%odd@signs", TLS: true})
		t.Logf("up after %v", time.Since(begun))
		dir = all.dir
		if _, err := all.tell(all.Addrs[0], []string{"CLUSTER", "INFO"}); err == nil || !strings.Contains(err.Error(), "NOAUTH") {
			t.Errorf("without a login: %v", err)
		}
		said, err := all.tell(all.Addrs[1], []string{"AUTH", all.cfg.User, all.cfg.Password}, []string{"GET", prefix + "x"})
		if err == nil || !strings.Contains(err.Error(), "MOVED") && said != "" {
			t.Errorf("%q, %v", said, err)
		}
		if conn, err := tls.Dial("tcp", all.Addrs[0], nil); err == nil {
			conn.Close()
			t.Error("the certificate is one of a known authority")
		}
	})
	for _, addr := range all.Addrs {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			t.Errorf("somebody still listens on %s", addr)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", dir, err)
	}
}
