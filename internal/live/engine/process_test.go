package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script makes a program of some lines of shell.
func script(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+strings.Join(lines, "\n")+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNotInstalled(t *testing.T) {
	_, err := Redis(background, Config{Binary: "redis-server-that-is-not-there"})
	if !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "apt-get install redis-server") {
		t.Error(err)
	}
	_, err = Memcached(background, Config{Binary: "/nowhere/memcached"})
	if !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "apt-get install memcached") {
		t.Error(err)
	}
}

// A program that ends is quoted, and one that does not answer is ended.
func TestBadStart(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"it ends", []string{"echo a bad day; echo really bad >&2; exit 3"}, []string{"a bad day", "really bad", "exit status 3"}},
		{"it ends well", []string{"exit 0"}, []string{"by itself", "it wrote nothing"}},
		{"it does not answer", []string{"echo still busy", "exec sleep 1000"}, []string{"does not answer after 1s", "still busy"}},
		{"a long story", []string{"for i in 1 2 3 4 5 6 7 8 9; do echo line $i; done; exit 1"}, []string{"line 2\n", "line 9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Redis(background, Config{Binary: script(t, c.lines...), Ready: time.Second})
			if err == nil {
				t.Fatal("it has started")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "line 1\n") {
				t.Errorf("more than the last lines are quoted: %v", err)
			}
		})
	}
	t.Run("the caller leaves", func(t *testing.T) {
		cause := errors.New("no time")
		ctx, cancel := context.WithCancelCause(background)
		cancel(cause)
		if _, err := Redis(ctx, Config{Binary: script(t, "exec sleep 1000")}); !errors.Is(err, cause) {
			t.Error(err)
		}
	})
}

// A port that another took in the last moment is no reason to give up.
func TestAnotherPort(t *testing.T) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("REDIS-SERVER IS NOT INSTALLED: ", err)
	}
	tries := filepath.Join(t.TempDir(), "tries")
	binary := script(t,
		"echo >> "+tries,
		"if [ $(wc -l < "+tries+") -lt 3 ]; then echo 'bind: Address already in use'; exit 1; fi",
		"exec "+path+` "$@"`)
	n, err := Redis(background, Config{Binary: binary})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	dial(t, n.Addr).says("PONG", "PING")
	if text, err := os.ReadFile(tries); err != nil || len(text) != 3 {
		t.Errorf("%d tries, want 3 (%v)", len(text), err)
	}
}

// The reason why a cache ended by itself can be asked for.
func TestEndsByItself(t *testing.T) {
	n := installed(t)(Redis(background, Config{}))
	c := dial(t, n.Addr)
	c.send("SHUTDOWN", "NOSAVE")
	for begun := time.Now(); n.Alive() == nil; time.Sleep(time.Millisecond) {
		if time.Since(begun) > patience {
			t.Fatal("it is said to be alive")
		}
	}
	if err := n.Alive(); !strings.Contains(err.Error(), "has ended") || !strings.Contains(err.Error(), "bye") {
		t.Error(err)
	}
	if err := n.Restart(); err != nil {
		t.Error(err)
	}
	dial(t, n.Addr).says("PONG", "PING")
}

// A full cache evicts or refuses, as it was told.
func TestMemory(t *testing.T) {
	fill := func(eviction string) (refused bool) {
		n := installed(t)(Redis(background, Config{Memory: 3 << 20, Eviction: eviction}))
		c := dial(t, n.Addr)
		for i := range 400 {
			if answer := c.do("SET", fmt.Sprint(i), strings.Repeat("x", 10_000)); answer != "OK" {
				if !strings.HasPrefix(answer, "OOM") {
					t.Errorf("set says %q", answer)
				}
				return true
			}
		}
		if kept, err := strconv.Atoi(c.do("DBSIZE")); err != nil || kept < 280 || kept > 3<<20/10_000 {
			t.Errorf("%d of 400 are kept, %v: 3 MiB hold 314 without what is spent on each", kept, err)
		}
		return false
	}
	if fill("") {
		t.Error("the default refuses")
	}
	if !fill("noeviction") {
		t.Error("noeviction does not refuse")
	}
}

// A small cache holds what it is to hold, also when it was asked in many ways.
func TestSmallMemory(t *testing.T) {
	n := installed(t)(Redis(background, Config{Memory: 300_000}))
	c := dial(t, n.Addr)
	for _, ask := range [][]string{
		{"GET", "x"}, {"SET", "x", "1", "PX", "9"}, {"DEL", "x"}, {"EXISTS", "x"}, {"PTTL", "x"}, {"PEXPIRE", "x", "9"}, {"TTL", "x"}, {"STRLEN", "x"},
		{"INCR", "x"}, {"APPEND", "x", "1"}, {"GETDEL", "x"}, {"MGET", "x", "y"}, {"EVAL", "return redis.call('get', KEYS[1])", "1", "x"}, {"INFO"}, {"ECHO", "x"},
	} {
		c.do(ask...)
	}
	for i := range 400 {
		c.do("SET", fmt.Sprint(i), strings.Repeat("x", 1000))
	}
	if kept, err := strconv.Atoi(c.do("DBSIZE")); err != nil || kept < 230 {
		t.Errorf("%d values of 1,000 bytes are kept in 300 KB, %v", kept, err)
	}
}

const dieWith = "HERDLAB_TEST_DIE_WITH"

// TestMain can be the victim of TestDiesWithUs.
func TestMain(m *testing.M) {
	start := map[string]func(context.Context, Config) (*Node, error){"redis": Redis, "memcached": Memcached}[os.Getenv(dieWith)]
	if start == nil {
		os.Exit(m.Run())
	}
	n, err := start(background, Config{})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println(n.Addr)
	select {}
}

// Whatever becomes of this process, no cache is left behind.
func TestDiesWithUs(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("ONLY LINUX ENDS A PROCESS WITH ITS PARENT")
	}
	for name, start := range map[string]func(context.Context, Config) (*Node, error){"redis": Redis, "memcached": Memcached} {
		t.Run(name, func(t *testing.T) {
			installed(t)(start(background, Config{}))
			us := exec.Command(os.Args[0])
			us.Env = append(os.Environ(), dieWith+"="+name, "TMPDIR="+t.TempDir()) // it cannot tidy up
			out, err := us.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := us.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			addr := strings.TrimSpace(line)
			if err == nil {
				_, err = tell(addr, "\r\nPING\r\n", patience)
			}
			if err != nil {
				t.Errorf("%q: %v", line, err)
			}
			if err := us.Process.Signal(syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			_ = us.Wait()
			refused(t, addr)
		})
	}
}
