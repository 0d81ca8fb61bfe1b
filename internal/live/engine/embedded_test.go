package engine

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// still is an embedded cache whose time a test moves.
type still struct {
	*resp
	e   *embedded
	mu  sync.Mutex
	now time.Time
}

func newStill(t testing.TB) *still {
	t.Helper()
	e, err := beginEmbedded("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.kill)
	s := &still{e: e, now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	e.now = func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	}
	s.resp = dial(t, e.listener.Addr().String())
	return s
}

func (s *still) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

const ms = time.Millisecond

func TestEmbeddedExpires(t *testing.T) {
	s := newStill(t)
	s.says("OK", "SET", "k", "v", "PX", "100")
	s.pass(100*ms - 1)
	s.says("v", "GET", "k")
	s.pass(1)
	s.says("nil", "GET", "k")
	s.says("0", "EXISTS", "k")
	s.says("0", "DBSIZE")
}

// Each line is a command that does, or does not, give a key of 100 ms another
// life, 40 ms later; and what is left of it then, -1 for ever, -2 for none.
func TestEmbeddedTTL(t *testing.T) {
	for _, c := range []struct {
		command string
		left    int
	}{
		{"GET k", 60},
		{"SET k w PX 100", 100},
		{"SET k w PX 100 NX", 60},
		{"SET k w PX 60 NX", 60},
		{"SET k w PX 100 XX", 100},
		{"SET other w PX 5 NX", 60},
		{"SET k w KEEPTTL", 60},
		{"SET k w", -1},
		{"SET k w EX 2", 2000},
		{"SETEX k 3 w", 3000},
		{"PSETEX k 7 w", 7},
		{"SETNX k w", 60},
		{"GETSET k w", -1},
		{"GETEX k PX 500", 500},
		{"GETEX k PERSIST", -1},
		{"GETDEL k", -2},
		{"APPEND k w", 60},
		{"PERSIST k", -1},
		{"PEXPIRE k 100", 100},
		{"PEXPIRE k 60", 60},
		{"EXPIRE k 1", 1000},
		{"PEXPIRE k 100 NX", 60},
		{"PEXPIRE k 80 GT", 80},
		{"PEXPIRE k 50 GT", 60},
		{"PEXPIRE k 50 LT", 50},
		{"PEXPIRE k 80 LT", 60},
		{"DEL k", -2},
		{"UNLINK k", -2},
		{"MSET k w other w", -1},
		{"MSETNX k w other w", 60},
		{"RENAME k other", -2},
		{"FLUSHALL", -2},
		{"EVAL return(1) 1 k", 60},
		{"EVAL return(redis.call('SET',KEYS[1],'w','PX','100')) 1 k", 100},
		{"EVAL return(redis.call('SET',KEYS[1],'w','PX','60')) 1 k", 60},
		{"EVAL return(redis.call('SET',KEYS[1],'w','PX','100','NX')) 1 k", 60},
		{"EVAL return(redis.call('PEXPIRE',KEYS[1],redis.call('PTTL',KEYS[1])+10)) 1 k", 70},
		{"EVAL return(redis.call('PERSIST',KEYS[1])) 1 k", -1},
		{"EVAL return(redis.call('DEL',KEYS[1])) 1 k", -2},
	} {
		t.Run(c.command, func(t *testing.T) {
			s := newStill(t)
			s.says("OK", "SET", "k", "v", "PX", "100")
			s.pass(40 * ms)
			if strings.HasPrefix(c.command, "FLUSH") || strings.HasPrefix(c.command, "UNLINK") {
				s.do("SET", "later", "v", "PX", "50") // the heap must survive it
			}
			s.do(strings.Fields(c.command)...)
			s.says(strconv.Itoa(c.left), "PTTL", "k")
			switch {
			case c.left == -1:
				s.pass(time.Hour)
				s.says("1", "EXISTS", "k")
			case c.left == -2:
				s.says("0", "EXISTS", "k")
			default:
				s.pass(time.Duration(c.left)*ms - 1)
				s.says("1", "EXISTS", "k")
				s.pass(1)
				s.says("0", "EXISTS", "k")
				s.says("-2", "PTTL", "k")
			}
		})
	}
}

func TestEmbeddedMoved(t *testing.T) {
	s := newStill(t)
	s.says("OK", "SET", "k", "v", "PX", "100")
	s.pass(40 * ms)
	s.says("OK", "RENAME", "k", "l")
	s.says("60", "PTTL", "l")
	s.says("1", "COPY", "l", "m")
	s.pass(60 * ms)
	s.says("0", "EXISTS", "k", "l", "m")
}

func TestEmbeddedTransactions(t *testing.T) {
	s := newStill(t)
	s.says("OK", "SET", "k", "v", "PX", "100")
	s.says("OK", "WATCH", "k")
	s.pass(40 * ms)
	s.says("OK", "MULTI")
	s.says("QUEUED", "SET", "k", "w", "PX", "100")
	s.says("QUEUED", "SET", "l", "w", "PX", "10")
	s.pass(40 * ms)
	s.says("OK OK", "EXEC")
	s.says("100", "PTTL", "k")
	s.pass(10 * ms)
	s.says("w", "GET", "k")
	s.says("nil", "GET", "l")

	s.says("OK", "MULTI")
	s.says("QUEUED", "SET", "k", "x", "PX", "1")
	s.says("OK", "DISCARD")
	s.pass(89 * ms)
	s.says("w", "GET", "k")
	s.says("OK", "WATCH", "k")
	s.pass(ms)
	s.says("OK", "MULTI")
	s.says("QUEUED", "SET", "k", "x")
	s.says("nil", "EXEC") // it has expired since: that is a change
}

func TestEmbeddedRounding(t *testing.T) {
	s := newStill(t)
	at := s.now.Add(1500 * ms)
	s.says("OK", "SET", "k", "v", "PX", "1500")
	s.says("2", "TTL", "k")
	s.says(fmt.Sprint(at.UnixMilli()), "PEXPIRETIME", "k")
	s.pass(ms)
	s.says("1", "TTL", "k")
	s.says("1499", "PTTL", "k")
	s.says("-1", "PTTL", s.keyWithoutTTL())
	s.says("-2", "TTL", "absent")
}

func (s *still) keyWithoutTTL() string {
	s.says("OK", "SET", "ever", "v")
	return "ever"
}

func TestEmbeddedOneDatabase(t *testing.T) {
	s := newStill(t)
	s.says("OK", "SELECT", "0")
	for _, command := range []string{"SELECT 1", "SELECT", "SWAPDB 0 1", "MOVE k 1"} {
		if got := s.do(strings.Fields(command)...); !strings.Contains(got, "database 0 alone") {
			t.Errorf("%s says %q", command, got)
		}
	}
}

// One who waits for a list holds nobody up, and goes when the cache is killed.
func TestEmbeddedWaits(t *testing.T) {
	s := newStill(t)
	waiting := dial(t, s.e.listener.Addr().String())
	for _, end := range []string{"served", "killed"} {
		before := s.e.redis.CommandCount()
		waiting.send("BLPOP", "list", "0")
		for begun := time.Now(); s.e.redis.CommandCount() == before; time.Sleep(100 * time.Microsecond) {
			if time.Since(begun) > patience {
				t.Fatal("BLPOP does not begin")
			}
		}
		if end == "killed" {
			s.e.kill()
			if got, err := waiting.read(); err == nil {
				t.Errorf("a dead cache says %q", got)
			}
			return
		}
		s.says("1", "RPUSH", "list", "a")
		if got, err := waiting.read(); got != "list a" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// Whatever commands come at whatever times, a key is there exactly until its
// deadline, as a plain map of deadlines has it.
func TestEmbeddedIsAMapOfDeadlines(t *testing.T) {
	s := newStill(t)
	rapid.Check(t, func(t *rapid.T) {
		s.do("FLUSHALL")
		type kept struct {
			value string
			until time.Time // zero: for ever
		}
		keys := make(map[string]kept)
		for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
			s.pass(time.Duration(rapid.IntRange(0, 30).Draw(t, "passes")) * ms / 2)
			for key, k := range keys {
				if !k.until.IsZero() && !k.until.After(s.now) {
					delete(keys, key)
				}
			}
			key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")
			ttl := rapid.IntRange(1, 40).Draw(t, "ttl")
			until, px, value := s.now.Add(time.Duration(ttl)*ms), strconv.Itoa(ttl), strconv.Itoa(step)
			old, there := keys[key]
			command := rapid.SampledFrom([]string{"set", "set nx", "set px", "script", "pexpire", "persist", "del"}).Draw(t, "command")
			switch command {
			case "set":
				s.says("OK", "SET", key, value)
				keys[key] = kept{value, time.Time{}}
			case "set px":
				s.says("OK", "SET", key, value, "PX", px)
				keys[key] = kept{value, until}
			case "set nx", "script":
				words := []string{"SET", key, value, "PX", px, "NX"}
				if command == "script" {
					words = []string{"EVAL", "return redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2],'NX') and 'OK'", "1", key, value, px}
				}
				if got := s.do(words...); (got == "OK") == there {
					t.Fatalf("%q says %q", words, got)
				}
				if !there {
					keys[key] = kept{value, until}
				}
			case "pexpire":
				if s.do("PEXPIRE", key, px); there {
					keys[key] = kept{old.value, until}
				}
			case "persist":
				if s.do("PERSIST", key); there {
					keys[key] = kept{old.value, time.Time{}}
				}
			case "del":
				s.do("DEL", key)
				delete(keys, key)
			}
			for _, key := range []string{"a", "b", "c"} {
				k, there := keys[key]
				value, left := "nil", -2
				if there {
					value, left = k.value, -1
				}
				if !k.until.IsZero() {
					left = int(k.until.Sub(s.now).Milliseconds())
				}
				if got, ttl := s.do("GET", key), s.do("PTTL", key); got != value || ttl != strconv.Itoa(left) {
					t.Fatalf("%s is %q for %s ms, want %q for %d", key, got, ttl, value, left)
				}
			}
		}
	})
}

// fill sets keys that live for a second and, each, a millisecond longer than the
// one before, without the way through the protocol.
func (s *still) fill(keys int) {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	db := s.e.redis.DB(0)
	for i := range keys {
		key := strconv.Itoa(i)
		if err := db.Set(key, "v"); err != nil {
			s.Fatal(err)
		}
		db.SetTTL(key, time.Duration(1000+i)*ms)
		s.e.dues.note([]string{key}, s.now)
	}
}

// With very many keys that run out all the time a read costs what it costs with
// few: miniredis's own way takes 63 ms each.
func TestEmbeddedManyKeys(t *testing.T) {
	const keys, reads = 100_000, 2_000
	s := newStill(t)
	s.fill(keys)
	s.pass(time.Second - ms)
	begun := time.Now()
	for i := range reads {
		s.pass(ms) // and a key is due
		s.says("nil", "GET", strconv.Itoa(i))
	}
	if took := time.Since(begun) / reads; took > 5*ms {
		t.Errorf("a read with a key that expires takes %v", took)
	}
	s.says(strconv.Itoa(keys-reads), "DBSIZE")
}

func BenchmarkEmbeddedGet(b *testing.B) {
	for _, keys := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(keys), func(b *testing.B) {
			s := newStill(b)
			s.fill(keys)
			last := strconv.Itoa(keys - 1)
			for b.Loop() {
				s.pass(1)
				s.says("v", "GET", last)
			}
		})
	}
}
