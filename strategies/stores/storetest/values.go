package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
)

func (c *check) values() {
	c.misses("k")
	if err := c.Store.Delete(background, "k"); err != nil {
		c.Errorf("deleting what is not there: %v", err)
	}
	first, second := c.entry("first", 1), c.entry("second", 2)
	c.set("k", first, time.Hour)
	c.has("k", first)
	c.set("other", second, time.Hour)
	c.has("k", first)
	c.set("k", second, time.Hour)
	c.has("k", second)
	c.set("k", first, time.Hour) // Set asks for no version
	c.has("k", first)
	if err := c.Store.Delete(background, "k"); err != nil {
		c.Errorf("delete: %v", err)
	}
	c.misses("k")
	c.has("other", second)

	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	for _, data := range []string{"", "\x00", "\r\n", "END\r\n", "$-1\r\n", "VALUE k 0 1\r\n", string(all[:])} {
		c.set("k", c.entry(data, 7), time.Hour)
		c.has("k", c.entry(data, 7))
	}
	empty := strategies.Entry{}
	c.set("k", empty, time.Hour)
	c.has("k", empty)
}

// keys that protocols, file systems and prefixes are tempted to mix up.
func (c *check) keys() {
	long := strings.Repeat("k", 300)
	keys := []string{
		"", " ", "k", "K", "k ", " k", "a b", "\x00", "\r\n", "k\r\nset k 0 0 1", "\x7f", "\xff\xfe", "ключ", "../k", "/etc/passwd", ".", "%s",
		"lock:k", "value:k", "v:k", "l:k", "{k}", "{k}a", long, long + "1", long + "2", strings.Repeat("x y", 20_000),
	}
	for _, key := range keys {
		c.set(key, c.entry("of "+key, uint64(len(key))), time.Hour)
	}
	for _, key := range keys {
		c.has(key, c.entry("of "+key, uint64(len(key))))
	}
	for i, key := range keys {
		if err := c.Store.Delete(background, key); err != nil {
			c.Errorf("delete %.40q: %v", key, err)
		}
		c.misses(key)
		if i+1 < len(keys) {
			c.has(keys[i+1], c.entry("of "+keys[i+1], uint64(len(keys[i+1]))))
		}
	}
}

func (c *check) sizes() {
	small := c.entry("small", 1)
	for _, size := range []int{1, 1000, 64 << 10, 900_000, 1 << 20} {
		e := c.entry(strings.Repeat("0123456789abcdef", size/16+1)[:size], 2)
		if c.MaxValue == 0 || size <= c.MaxValue {
			c.set("k", e, time.Hour)
			c.has("k", e)
			continue
		}
		if err := c.Store.Set(background, "k", e, time.Hour); !errors.Is(err, stores.ErrTooLarge) {
			c.Errorf("set of %d bytes: %v, want that it is too large", size, err)
		}
		if newer, ok := c.Store.(strategies.NewerSetter); ok {
			if stored, err := newer.SetNewer(background, "k", e, time.Hour); stored || !errors.Is(err, stores.ErrTooLarge) {
				c.Errorf("set newer of %d bytes: %v, %v, want that it is too large", size, stored, err)
			}
		}
		// What was refused must leave no half of itself on the connection.
		c.set("k", small, time.Hour)
		c.has("k", small)
	}
}

func (c *check) arguments() {
	refused := func(what string, got bool, err error) {
		c.Helper()
		if got || err == nil {
			c.Errorf("%s: %v, %v; want an error", what, got, err)
		}
	}
	e := c.entry("v", 1)
	refused("set for -1 ns", false, c.Store.Set(background, "k", e, -1))
	if s, ok := c.Store.(strategies.NewerSetter); ok {
		got, err := s.SetNewer(background, "k", e, -time.Second)
		refused("set newer for -1 s", got, err)
	}
	if s, ok := c.Store.(strategies.Leaser); ok {
		refused("retire for -1 ns", false, s.Retire(background, "k", 1, -1))
		c.gives(s, "k", "me", time.Hour)
		got, err := s.SetLeased(background, "k", "me", e, -1)
		refused("set with a lease for -1 ns", got, err)
		got, err = s.SetLeased(background, "k", "", e, 1)
		refused("set with no token", got, err)
		for _, terms := range []struct {
			token string
			every time.Duration
		}{{"", time.Hour}, {strings.Repeat("t", 256), time.Hour}, {"me", 0}, {"me", -1}, {"me", 1<<63 - 1}} {
			l, err := s.Lease(background, "k", terms.token, terms.every)
			refused(fmt.Sprintf("lease by %d bytes for %v", len(terms.token), terms.every), l.Token != "", err)
		}
	}
	c.misses("k")
	for _, ttl := range []time.Duration{0, -1, -time.Hour} {
		if s, ok := c.Store.(strategies.Locker); ok {
			got, err := s.TryLock(background, "k", "me", ttl)
			refused("lock for "+ttl.String(), got, err)
		}
		if s, ok := c.Store.(strategies.Extender); ok {
			got, err := s.Extend(background, "k", "me", ttl)
			refused("extend for "+ttl.String(), got, err)
		}
	}
}

// contexts that have ended already: the cause is returned, and nothing happens.
func (c *check) contexts() {
	cause := errors.New("the caller has left")
	ctx, cancel := context.WithCancelCause(background)
	cancel(cause)
	ended := func(what string, got bool, err error) {
		c.Helper()
		if got || !errors.Is(err, cause) {
			c.Errorf("%s: %v, %v; want the context's cause", what, got, err)
		}
	}
	c.set("k", c.entry("old", 1), time.Hour)
	_, ok, err := c.Store.Get(ctx, "k")
	ended("get", ok, err)
	ended("set", false, c.Store.Set(ctx, "k", c.entry("new", 2), time.Hour))
	ended("delete", false, c.Store.Delete(ctx, "k"))
	if s, ok := c.Store.(strategies.NewerSetter); ok {
		got, err := s.SetNewer(ctx, "k", c.entry("new", 2), time.Hour)
		ended("set newer", got, err)
	}
	if s, ok := c.Store.(strategies.Leaser); ok {
		l, err := s.Lease(ctx, "k", "me", time.Hour)
		ended("lease", l.Found, err)
		got, err := s.SetLeased(ctx, "k", "me", c.entry("new", 2), time.Hour)
		ended("set with a lease", got, err)
		ended("retire", false, s.Retire(ctx, "k", 1, time.Hour))
	}
	c.has("k", c.entry("old", 1))
	s, ok := c.Store.(strategies.Locker)
	if !ok {
		return
	}
	got, err := s.TryLock(ctx, "k", "me", time.Hour)
	ended("lock", got, err)
	c.wants("lock after that", true)(s.TryLock(background, "k", "me", time.Hour))
	got, err = s.Unlock(ctx, "k", "me")
	ended("unlock", got, err)
	c.wants("unlock after that", true)(s.Unlock(background, "k", "me"))
}
