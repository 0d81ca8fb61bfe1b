package memory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/memory"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

var background = context.Background()

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Wall(func(*testing.T) storetest.Subject {
		return storetest.Subject{Store: memory.New(memory.Config{}), Model: true}
	}))
}

// Whatever is stored, the store keeps within its bytes; what cannot fit is said.
func TestBoundedInBytes(t *testing.T) {
	s := memory.New(memory.Config{Bytes: 100_000})
	e := strategies.Entry{Value: strategies.Value{Data: make([]byte, 1000)}}
	for i := range 1000 {
		if err := s.Set(background, fmt.Sprint(i), e, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if n, bytes := s.Held(); bytes > 100_000 || n < 80 {
		t.Errorf("%d entries of %d bytes", n, bytes)
	}
	e.Data = make([]byte, 200_000)
	if err := s.Set(background, "large", e, time.Hour); !errors.Is(err, stores.ErrTooLarge) {
		t.Error(err)
	}
}

// An entry that has expired is given back without being asked for.
func TestExpiredAreGivenBack(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	for i := range 100 {
		_ = s.Set(background, fmt.Sprint(i), strategies.Entry{}, 50*time.Millisecond)
	}
	for begun := time.Now(); time.Since(begun) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		if n, _ := s.Held(); n == 0 {
			return
		}
	}
	t.Error("entries that expired are held")
}

func BenchmarkGet(b *testing.B) {
	s := memory.New(memory.Config{})
	_ = s.Set(background, "key", strategies.Entry{}, time.Hour)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, ok, _ := s.Get(background, "key"); !ok {
				b.Error("a miss")
			}
		}
	})
}
