//go:build !race

package ring

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

//go:embed testdata/clients.py
var clients string

// stand is as many nodes as a client asks for, which speak enough of memcached to store
// nothing and note who was asked for what.
type stand struct {
	names  []string
	rounds int // that a client needs to learn which nodes are down

	mu    sync.Mutex
	asked map[string]int // the node that was last asked for a key
}

// newStand starts n nodes; those that are down refuse connections.
func newStand(t *testing.T, n int, down []bool) *stand {
	s := &stand{rounds: 1, asked: make(map[string]int)}
	if down != nil {
		s.rounds = 2
	}
	for i := range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.names = append(s.names, listener.Addr().String())
		t.Cleanup(func() { listener.Close() })
		if down != nil && down[i] {
			listener.Close()
			continue
		}
		go s.serve(i, listener)
	}
	return s
}

func (s *stand) serve(node int, listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			s.converse(node, conn)
		}()
	}
}

func (s *stand) converse(node int, conn net.Conn) {
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		words := strings.Fields(line)
		answer := "ERROR\r\n"
		switch {
		case len(words) >= 5 && words[0] == "set":
			s.note(node, words[1])
			if _, err := r.ReadString('\n'); err != nil {
				return
			}
			answer = "STORED\r\n"
		case len(words) == 2 && words[0] == "get":
			s.note(node, words[1])
			answer = "END\r\n"
		case len(words) == 1 && words[0] == "version":
			answer = "VERSION 1.6.18\r\n"
		}
		if _, err := io.WriteString(conn, answer); err != nil {
			return
		}
	}
}

func (s *stand) note(node int, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[key] = node
}

// askPython has a client in Python store every key.
func (s *stand) askPython(t *testing.T, client, module string, keys []string) {
	python := "/usr/bin/python3" // the one for which the distribution has the clients
	if err := exec.Command(python, "-c", "import "+module).Run(); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %s IS NOT INSTALLED FOR %s: %v", strings.ToUpper(module), python, err)
	}
	cmd := exec.Command(python, append([]string{"-c", clients, client, fmt.Sprint(s.rounds)}, s.names...)...)
	cmd.Stdin = strings.NewReader(strings.Join(keys, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", client, err, out)
	}
}

// askNginx has nginx look up every key, by a directive that says how.
func (s *stand) askNginx(t *testing.T, hash string, keys []string) {
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin")
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("SKIPPED, NOTHING WAS TESTED: NGINX IS NOT INSTALLED: ", err)
	}
	dir := t.TempDir()
	address := newStand(t, 1, []bool{true}).names[0] // a port that is free
	var servers strings.Builder
	for _, name := range s.names {
		fmt.Fprintf(&servers, "server %s max_fails=1 fail_timeout=1h; ", name)
	}
	config := fmt.Sprintf(`daemon off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/errors;
events { worker_connections 256; }
http {
	access_log off; keepalive_requests 1000000;
	client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
	upstream nodes { %[2]s; %[3]s keepalive 8; }
	server {
		listen %[4]s;
		location = /ready { return 204; }
		location / { set $memcached_key $arg_k; memcached_pass nodes; }
	}
}
`, dir, hash, servers.String(), address)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd := exec.Command(program, "-p", dir, "-c", path, "-e", filepath.Join(dir, "errors"))
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	get := func(path string) error {
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	for begun := time.Now(); get("/ready") != nil; time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("nginx does not answer: %s", said.String())
		}
	}
	for range s.rounds {
		for _, key := range keys {
			if err := get("/?k=" + url.PathEscape(key)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Ten thousand keys go to the nodes to which the real clients send them, key by key:
// with five nodes, with four of them listed, and with the fourth of five down where a
// client holds one to be so.
func TestKeysAreWhereRealClientsHaveThem(t *testing.T) {
	var keys []string
	for i := range 10_000 {
		keys = append(keys, fmt.Sprintf("page:%d", i*7919))
	}
	python := func(module string) func(t *testing.T, s *stand, kind string) {
		return func(t *testing.T, s *stand, kind string) { s.askPython(t, kind, module, keys) }
	}
	nginx := func(hash string) func(t *testing.T, s *stand, kind string) {
		return func(t *testing.T, s *stand, kind string) { s.askNginx(t, hash, keys) }
	}
	for _, c := range []struct {
		kind string
		down bool // the client can hold a node to be down
		ask  func(t *testing.T, s *stand, kind string)
	}{
		{Modulo, false, python("pylibmc")},
		{ModuloMD5, false, python("pylibmc")},
		{ModuloCRC, false, python("pylibmc")},
		{ModuloFNV1a, false, python("pylibmc")},
		{Pylibmc, false, python("pylibmc")},
		{KetamaUnweighted, false, python("pylibmc")},
		{KetamaWeighted, false, python("pylibmc")},
		{PythonMemcached, true, python("memcache")},
		{Pymemcache, true, python("pymemcache")},
		{Nginx, true, nginx("hash $arg_k consistent")},
		{NginxModulo, true, nginx("hash $arg_k")},
	} {
		for _, f := range []struct {
			name string
			n    int
			down []bool
		}{{"five", 5, nil}, {"four", 4, nil}, {"one-down", 5, []bool{false, false, false, true, false}}} {
			if f.down != nil && !c.down {
				continue
			}
			t.Run(c.kind+"/"+f.name, func(t *testing.T) {
				s := newStand(t, f.n, f.down)
				c.ask(t, s, c.kind)
				r, err := New(c.kind, s.names, nil, f.down)
				if err != nil {
					t.Fatal(err)
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				wrong := 0
				for _, key := range keys {
					if node, ok := s.asked[key]; !ok || r.Owner(key) != node {
						if wrong++; wrong == 1 {
							t.Errorf("%s of %q: node %d, the client asked %d (at all: %v)", c.kind, key, r.Owner(key), node, ok)
						}
					}
				}
				if wrong > 0 {
					t.Errorf("%d of %d keys are elsewhere", wrong, len(keys))
				}
			})
		}
	}
}

// Redis says the slot of each key itself.
func TestSlotsAreThoseOfRedis(t *testing.T) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("SKIPPED, NOTHING WAS TESTED: REDIS-SERVER IS NOT INSTALLED: ", err)
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	cmd := exec.Command(program, "--port", "0", "--unixsocket", socket, "--cluster-enabled", "yes", "--cluster-port", "1", "--dir", dir, "--save", "")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	var conn net.Conn
	for begun := time.Now(); conn == nil; time.Sleep(20 * time.Millisecond) {
		if conn, err = net.Dial("unix", socket); err != nil && time.Since(begun) > 30*time.Second {
			t.Fatal(err)
		}
	}
	defer conn.Close()
	r, s := bufio.NewReader(conn), new(slots)
	s.table = crc16Table()
	for i := range 2000 {
		key := ringGoldenKey(i)
		if form := i % 50; form < 5 {
			key = []string{"{user:%d}.name", "a{}b{%d}", "{{%d}}", "a}b{%d", "{}%d"}[form]
			key = strings.ReplaceAll(key, "%d", fmt.Sprint(i))
		}
		fmt.Fprintf(conn, "*3\r\n$7\r\nCLUSTER\r\n$7\r\nKEYSLOT\r\n$%d\r\n%s\r\n", len(key), key)
		answer, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(":%d\r\n", s.slot(key)); answer != want {
			t.Fatalf("the slot of %q is %q, Redis says %q", key, want, answer)
		}
	}
}

// The ranges are those that "redis-cli --cluster create" of Redis 7.0.15 deals to five
// masters. One that is not listed gives its slots to the others, as many to each.
func TestSlotsAreDealtInRanges(t *testing.T) {
	all := mustRing(t, RedisCluster, ringNodes(5, 6379), nil, nil).(*slots)
	first := []int{0, 3277, 6554, 9830, 13107}
	for node, from := range first {
		if all.owners[from] != int32(node) || from > 0 && all.owners[from-1] != int32(node-1) {
			t.Errorf("node %d does not begin at slot %d", node, from)
		}
	}
	four := mustRing(t, RedisCluster, ringNodes(5, 6379), []bool{true, true, true, false, true}, nil).(*slots)
	var each [5]int
	for slot, owner := range four.owners {
		each[owner]++
		if was := all.owners[slot]; was != 3 && was != owner {
			t.Fatalf("slot %d moved from node %d to %d", slot, was, owner)
		}
	}
	for node, n := range each {
		if want := slotCount / 4; node != 3 && (n < want-2 || n > want+2) || node == 3 && n > 0 {
			t.Errorf("%d slots of each node, want %d of four", each, want)
		}
	}
	down := mustRing(t, RedisCluster, ringNodes(5, 6379), nil, []bool{true, true, true, true, true}).(*slots)
	if down.owners != all.owners {
		t.Error("a node that is down has given slots away")
	}
}
