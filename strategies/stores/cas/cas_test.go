package cas_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/cas"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
	"github.com/herdlab/herdlab/strategies/wire"
)

// memory is the least store that the methods can be made of: a map under a mutex.
type memory struct {
	cas.Methods
	mu    sync.Mutex
	bytes map[string][]byte // by kind and key
}

var _ stores.Complete = (*memory)(nil)

func newMemory() *memory {
	m := &memory{bytes: make(map[string][]byte)}
	m.Methods = cas.New(m.change, m.Delete)
	return m
}

func (m *memory) change(ctx context.Context, kind cas.Kind, key string, next cas.Next) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	now, place := time.Now(), string(kind)+key
	c, err := next(cas.Look(m.bytes[place], now, func(b []byte) (wire.Envelope, error) { return wire.Open(b, key) }), now)
	switch {
	case c == nil || err != nil:
		return false, err
	case c.Remove:
		delete(m.bytes, place)
	case c.Placeholder != nil:
		m.bytes[place] = c.Placeholder.Bytes()
	default:
		m.bytes[place], err = wire.Lasting(key, c.Entry, c.Life, now).MarshalBinary()
	}
	return err == nil, err
}

func (m *memory) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	var found cas.Found
	_, err := m.change(ctx, cas.Value, key, func(f cas.Found, _ time.Time) (*cas.Change, error) {
		found = f
		return nil, f.Err
	})
	return wire.Found(found.Envelope, err)
}

func (m *memory) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	if err := stores.Lifetime(ttl); err != nil {
		return err
	}
	_, err := m.change(ctx, cas.Value, key, func(cas.Found, time.Time) (*cas.Change, error) { return &cas.Change{Entry: e, Life: ttl}, nil })
	return err
}

func (m *memory) Delete(ctx context.Context, key string) error {
	_, err := m.change(ctx, cas.Value, key, func(cas.Found, time.Time) (*cas.Change, error) { return &cas.Change{Remove: true}, nil })
	return err
}

func TestMethods(t *testing.T) {
	storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
		m := newMemory()
		return storetest.Subject{Store: m, Plant: func(key string, raw []byte) error {
			m.bytes[string(cas.Value)+key] = raw
			return nil
		}}
	}))
}
