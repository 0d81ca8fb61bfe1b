package peers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	rediscache "github.com/go-redis/cache/v9"
	"github.com/maypok86/otter/v2"
	"github.com/redis/go-redis/v9"
	"github.com/viccon/sturdyc"
	"golang.org/x/sync/singleflight"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/cached"
	"github.com/herdlab/herdlab/strategies/stores/memory"
	store "github.com/herdlab/herdlab/strategies/stores/redis"
)

var background = context.Background()

// inMemory reads 1,024 keys of 1 KB that are there.
func inMemory(b *testing.B) map[string]func(key string) bool {
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	value := make([]byte, 1024)
	load := strategies.Bytes(func(context.Context, string) ([]byte, error) { return value, nil })
	naive, err := strategies.NewNaive(memory.New(memory.Config{}), load, strategies.NaiveConfig{TTL: time.Hour})
	must(err)
	two, err := strategies.NewTwoLevel(naive, strategies.TwoLevelConfig{TTL: time.Hour})
	must(err)
	f, err := cached.New(memory.New(memory.Config{}), "value", func(context.Context, string) ([]byte, error) { return value, nil }, cached.Options{Local: time.Hour})
	must(err)
	ot := otter.Must(&otter.Options[string, []byte]{MaximumSize: 10_000, ExpiryCalculator: otter.ExpiryWriting[string, []byte](time.Hour)})
	st := sturdyc.New[[]byte](10_000, 16, time.Hour, 10)
	for _, key := range keys() {
		ot.Set(key, value)
		st.Set(key, value)
	}
	return map[string]func(string) bool{
		"herdlab two-level": func(key string) bool { _, err := two.Get(background, key); return err == nil },
		"herdlab cached":    func(key string) bool { _, err := f.Get(background, key); return err == nil },
		"otter":             func(key string) bool { _, ok := ot.GetIfPresent(key); return ok },
		"sturdyc":           func(key string) bool { _, ok := st.Get(key); return ok },
	}
}

func keys() []string {
	all := make([]string, 1024)
	for i := range all {
		all[i] = fmt.Sprint("key-", i)
	}
	return all
}

// BenchmarkHit is a hit in the memory of the box, on -cpu processors at once.
func BenchmarkHit(b *testing.B) {
	all := keys()
	for name, get := range inMemory(b) {
		for _, key := range all {
			get(key)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if !get(all[i&1023]) {
						b.Error("a miss")
					}
				}
			})
		})
	}
}

// client is one of a Redis server, or of an embedded one where none is installed.
func client(t testing.TB) *redis.Client {
	n, err := engine.Redis(background, engine.Config{})
	if errors.Is(err, engine.ErrNotInstalled) {
		n, err = engine.Embedded(background, engine.Config{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	c := redis.NewClient(store.Options(n.Addr))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// BenchmarkRedisHit is a hit in Redis under a context that can be cancelled, as that of
// every HTTP request, beside a bare GET of the same bytes. The ways take turns within one
// run, so that what else the machine does is shared.
func BenchmarkRedisHit(b *testing.B) {
	c := client(b)
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	value := make([]byte, 1024)
	s := store.New(c, store.Config{})
	load := strategies.Bytes(func(context.Context, string) ([]byte, error) { return value, nil })
	swr, err := strategies.NewSWR(s, s, load, strategies.SWRConfig{Fresh: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	other := rediscache.New(&rediscache.Options{Redis: c})
	if err := errors.Join(c.Set(ctx, "bare", value, 0).Err(), other.Set(&rediscache.Item{Ctx: ctx, Key: "other", Value: value, TTL: time.Hour})); err != nil {
		b.Fatal(err)
	}
	ways := []struct {
		name string
		get  func() error
		took time.Duration
	}{
		{name: "bare", get: func() error { return c.Get(ctx, "bare").Err() }},
		{name: "herdlab", get: func() error { _, err := swr.Get(ctx, "k"); return err }},
		{name: "go-redis/cache", get: func() error { var v []byte; return other.Get(ctx, "other", &v) }},
	}
	for b.Loop() {
		for i := range ways {
			begun := time.Now()
			if err := ways[i].get(); err != nil {
				b.Fatal(ways[i].name, err)
			}
			ways[i].took += time.Since(begun)
		}
	}
	for _, w := range ways[1:] {
		b.ReportMetric(float64(w.took)/float64(ways[0].took), w.name+"/bare")
	}
}

// counting is a client that counts its commands.
type counting struct{ n atomic.Int64 }

func (*counting) DialHook(next redis.DialHook) redis.DialHook { return next }
func (c *counting) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { c.n.Add(1); return next(ctx, cmd) }
}
func (*counting) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// BenchmarkStorm is 1,000 callers of one key that is not there, whose load takes 50 ms.
func BenchmarkStorm(b *testing.B) {
	c := client(b)
	count := new(counting)
	c.AddHook(count)
	s := store.New(c, store.Config{})
	var loads atomic.Int64
	load := func(context.Context, string) ([]byte, error) {
		loads.Add(1)
		time.Sleep(50 * time.Millisecond)
		return make([]byte, 1024), nil
	}
	f, err := cached.New(s, "page", load, cached.Options{Local: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	var flights singleflight.Group
	for name, get := range map[string]func(key string) error{
		"herdlab cached": func(key string) error { _, err := f.Get(background, key); return err },
		"singleflight": func(key string) error {
			_, err, _ := flights.Do(key, func() (any, error) {
				if v, err := c.Get(background, key).Bytes(); err == nil {
					return v, nil
				}
				v, _ := load(background, key)
				return v, c.Set(background, key, v, time.Hour).Err()
			})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			count.n.Store(0)
			loads.Store(0)
			for i := 0; b.Loop(); i++ {
				key := fmt.Sprint(name, i, time.Now().UnixNano())
				var all sync.WaitGroup
				for range 1000 {
					all.Go(func() {
						if err := get(key); err != nil {
							b.Error(err)
						}
					})
				}
				all.Wait()
			}
			b.ReportMetric(float64(count.n.Load())/float64(b.N), "commands/storm")
			b.ReportMetric(float64(loads.Load())/float64(b.N), "loads/storm")
		})
	}
}
