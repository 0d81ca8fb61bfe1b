package lifetime_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// wire is a connection to a real server, in its own words.
type wire struct {
	t  *testing.T
	in *bufio.Reader
	to net.Conn
}

// dial starts a server, or skips the test where it is not installed.
func dial(t *testing.T, start func(context.Context, engine.Config) (*engine.Node, error)) *wire {
	t.Helper()
	n, err := start(t.Context(), engine.Config{})
	if errors.Is(err, engine.ErrNotInstalled) {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	conn, err := net.Dial("tcp", n.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &wire{t, bufio.NewReader(conn), conn}
}

// ask says a line or several, and reads one.
func (w *wire) ask(format string, args ...any) string {
	w.t.Helper()
	if _, err := fmt.Fprintf(w.to, format+"\r\n", args...); err != nil {
		w.t.Fatal(err)
	}
	return w.line()
}

func (w *wire) line() string {
	w.t.Helper()
	answer, err := w.in.ReadString('\n')
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(answer)
}

// set stores an item in memcached, and has looks whether it is there.
func (w *wire) set(key string, exptime int64) {
	w.t.Helper()
	if answer := w.ask("set %s 0 %d 1\r\nv", key, exptime); answer != "STORED" {
		w.t.Fatalf("set %s %d: %s", key, exptime, answer)
	}
}

func (w *wire) has(key string) bool {
	w.t.Helper()
	if w.ask("get %s", key) == "END" {
		return false
	}
	w.line() // the value
	w.line() // END
	return true
}

// What a real memcached makes of every number that the libraries send is what
// [lifetime.Memcached] says.
func TestRealMemcached(t *testing.T) {
	w := dial(t, engine.Memcached)
	started := time.Now().Add(-time.Minute) // or later; nothing here is close to it
	const keeps = 3 * time.Second           // longer than the test looks
	send := func(what string, exptime int64) {
		t.Helper()
		now := time.Now()
		at, never := lifetime.Memcached{Started: started}.Expires(exptime, now)
		want := never || at.Sub(now) > keeps
		if !want && at.After(now) {
			t.Fatalf("%s: %d is gone after %v, which says nothing here", what, exptime, at.Sub(now))
		}
		w.set("k", exptime)
		if got := w.has("k"); got != want {
			t.Errorf("%s: %d, and the item is there: %v, want %v", what, exptime, got, want)
		}
	}
	for _, dialect := range []lifetime.Dialect{
		lifetime.Django, lifetime.DjangoOld, lifetime.DjangoPylibmc, lifetime.Johnny, lifetime.Plain,
	} {
		for _, g := range []lifetime.Given{0, lifetime.None, lifetime.Omitted, 300, lifetime.Month, lifetime.Month + 1, lifetime.Forever} {
			send(fmt.Sprintf("%s, %d", dialect, g), dialect.Exptime(g, time.Now()))
		}
	}
	w.set("k", 0)
	send("a year, sent raw", int64(lifetime.Forever))
	send("an hour from now, as an instant", time.Now().Unix()+3600)
}

// One second is anything up to one: items of many instants expire together, at a
// tick.
func TestRealMemcachedTicks(t *testing.T) {
	w := dial(t, engine.Memcached)
	const items, apart, busy = 9, 100 * time.Millisecond, 400 * time.Millisecond
	var set, gone [items]time.Time
	begun := time.Now()
	for i, left := 0, items; left > 0; {
		if since := time.Since(begun); i < items && since >= time.Duration(i)*apart {
			w.set(fmt.Sprint("k", i), 1)
			set[i] = time.Now()
			i++
		}
		for j := range i {
			if gone[j].IsZero() && !w.has(fmt.Sprint("k", j)) {
				gone[j] = time.Now()
				left--
			}
		}
		if time.Since(begun) > 10*time.Second {
			t.Fatal("an item of one second is there after ten")
		}
	}
	// The ticks are known by the first item that went.
	m := lifetime.Memcached{Started: gone[0].Add(-time.Hour)}
	together := 0
	for i := range items {
		if lived := gone[i].Sub(set[i]); lived > time.Second+busy {
			t.Errorf("item %d lived for %v", i, lived)
		}
		if i > 0 && gone[i].Sub(gone[i-1]) < apart/2 {
			together++
		}
		at, _ := m.Expires(1, set[i])
		if off := gone[i].Sub(at); off < -busy || off > busy {
			if off = (off + time.Second) % time.Second; off > busy && off < time.Second-busy { // set within a tick
				t.Errorf("item %d was gone %v after the tick", i, off)
			}
		}
	}
	if together < items-3 {
		t.Errorf("%d of %d items went with the one before, and were set %v apart", together, items-1, apart)
	}
}

// Redis counts milliseconds and refuses what is over before it began.
func TestRealRedis(t *testing.T) {
	w := dial(t, engine.Redis)
	for _, ms := range []int64{0, -1} {
		if answer := w.ask("SET k v PX %d", ms); !strings.Contains(answer, "invalid expire time") {
			t.Errorf("PX %d: %s", ms, answer)
		}
	}
	if answer := w.ask("SET k v PX %d", lifetime.Redis(time.Duration(lifetime.Forever)*time.Second).Milliseconds()); answer != "+OK" {
		t.Errorf("a year: %s", answer)
	}
	if answer := w.ask("PTTL k"); answer < ":31535990000" || len(answer) != len(":31535990000") {
		t.Errorf("a year is %s ms", answer)
	}
	if answer := w.ask("SET k v PX %d", lifetime.Redis(1).Milliseconds()); answer != "+OK" {
		t.Errorf("a nanosecond: %s", answer)
	}
	if answer := w.ask("SET k v"); answer != "+OK" {
		t.Error(answer)
	}
	if answer := w.ask("PTTL k"); answer != ":-1" {
		t.Errorf("for ever is %s", answer)
	}
}
