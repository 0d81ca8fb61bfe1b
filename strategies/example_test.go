package strategies_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// The examples run on a virtual clock, so that what they print is exact. In
// production leave Runtime out.

// example runs an example: an origin that takes five seconds, and a shared cache
// that answers in a millisecond.
func example(run func(w *world, cache *client, load strategies.Loader)) {
	s := sim.New()
	w := newWorld(s, s.WithCancel)
	load := strategies.Bytes(func(ctx context.Context, key string) ([]byte, error) {
		fmt.Printf("%6v  compute %s\n", w.elapsed(), key)
		return []byte("Hello"), w.Sleep(ctx, 5*time.Second)
	})
	if err := s.Run(func() { run(w, newClient(w, "box"), load) }); err != nil {
		fmt.Println(err)
	}
}

// visit asks once and prints what came of it.
func visit(w *world, cache strategies.Strategy) {
	begun := w.elapsed()
	r, err := cache.Get(background, "page")
	if err != nil {
		fmt.Printf("%6v  %v: %v\n", w.elapsed(), r.Outcome, err)
		return
	}
	fmt.Printf("%6v  %v after %v, %v old\n", w.elapsed(), r.Outcome, w.elapsed()-begun, r.Stored.Age(w.Now()))
}

func runtimeOf(w *world) strategies.Runtime {
	return strategies.Runtime{Clock: w, Rand: rand.New(rand.NewPCG(1, 1))}
}

// Three requests at once, and every one of them computes.
func ExampleNaive() {
	example(func(w *world, store *client, load strategies.Loader) {
		cache, err := strategies.NewNaive(store, load, strategies.NaiveConfig{TTL: time.Minute, Runtime: runtimeOf(w)})
		if err != nil {
			fmt.Println(err)
			return
		}
		w.together(3, func(int) { visit(w, cache) })
		visit(w, cache)
	})
	// Output:
	//    1ms  compute page
	//    1ms  compute page
	//    1ms  compute page
	// 5.002s  computed after 5.002s, 1ms old
	// 5.002s  computed after 5.002s, 1ms old
	// 5.002s  computed after 5.002s, 1ms old
	// 5.003s  fresh_hit after 1ms, 2ms old
}

// Three requests at once: one computes, two wait for it.
func ExampleMutex() {
	example(func(w *world, store *client, load strategies.Loader) {
		cache, err := strategies.NewMutex(store, store, load, strategies.MutexConfig{TTL: time.Minute, Runtime: runtimeOf(w)})
		if err != nil {
			fmt.Println(err)
			return
		}
		w.together(3, func(int) { visit(w, cache) })
		visit(w, cache)
	})
	// Output:
	//    3ms  compute page
	// 5.005s  computed after 5.005s, 2ms old
	// 5.005s  coalesced after 5.005s, 2ms old
	// 5.005s  coalesced after 5.005s, 2ms old
	// 5.006s  fresh_hit after 1ms, 3ms old
}

// Past its freshness the old value is served at once, while it is computed anew.
func ExampleSWR() {
	example(func(w *world, store *client, load strategies.Loader) {
		cache, err := strategies.NewSWR(store, store, load, strategies.SWRConfig{Fresh: 10 * time.Second, TTL: time.Hour, Runtime: runtimeOf(w)})
		if err != nil {
			fmt.Println(err)
			return
		}
		visit(w, cache)
		w.sleep(10 * time.Second)
		w.together(3, func(int) { visit(w, cache) })
		w.sleep(10 * time.Second)
		visit(w, cache)
	})
	// Output:
	//    3ms  compute page
	// 5.005s  computed after 5.005s, 2ms old
	// 15.006s  stale_hit after 1ms, 10.003s old
	// 15.006s  stale_hit after 1ms, 10.003s old
	// 15.006s  stale_hit after 1ms, 10.003s old
	// 15.008s  compute page
	// 25.007s  fresh_hit after 1ms, 4.999s old
}

// A value that was read before a write is not stored after it: the write has
// taken its lease away, and the next reader computes anew.
func ExampleLeased() {
	example(func(w *world, store *client, load strategies.Loader) {
		cache, err := strategies.NewLeased(store, load, strategies.LeaseConfig{TTL: time.Hour, Runtime: runtimeOf(w)})
		if err != nil {
			fmt.Println(err)
			return
		}
		w.Go("a writer", func() {
			w.sleep(time.Second)
			_ = cache.Invalidate(background, "page", 2)
		})
		visit(w, cache)
		visit(w, cache)
		visit(w, cache)
	})
	// Output:
	//    2ms  compute page
	// 5.003s  computed after 5.003s, 1ms old
	// 5.005s  compute page
	// 10.006s  computed after 5.003s, 1ms old
	// 10.007s  fresh_hit after 1ms, 2ms old
}

// A box answers from its own copy, in no time, for a second.
func ExampleTwoLevel() {
	example(func(w *world, store *client, load strategies.Loader) {
		naive, err := strategies.NewNaive(store, load, strategies.NaiveConfig{TTL: time.Minute, Runtime: runtimeOf(w)})
		if err != nil {
			fmt.Println(err)
			return
		}
		cache, err := strategies.NewTwoLevel(naive, strategies.TwoLevelConfig{TTL: time.Second, Runtime: runtimeOf(w)})
		if err != nil {
			fmt.Println(err)
			return
		}
		w.together(3, func(int) { visit(w, cache) })
		visit(w, cache)
		w.sleep(time.Second)
		visit(w, cache)
	})
	// Output:
	//    1ms  compute page
	// 5.002s  computed after 5.002s, 1ms old
	// 5.002s  coalesced after 5.002s, 1ms old
	// 5.002s  coalesced after 5.002s, 1ms old
	// 5.002s  fresh_hit after 0s, 1ms old
	// 6.003s  fresh_hit after 1ms, 1.002s old
}

// The writer has the value computed; readers have the old one until then.
func Example_publish() {
	example(func(w *world, store *client, load strategies.Loader) {
		publisher, err := publish.NewPublisher(store, load, publish.Config{Runtime: runtimeOf(w)})
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := publisher.Warm(background, func(yield func(string) bool) { yield("page") }); err != nil {
			fmt.Println(err)
		}
		cache, err := publisher.Reader(store, load)
		if err != nil {
			fmt.Println(err)
			return
		}
		visit(w, cache)
		w.sleep(time.Minute)
		_ = cache.Invalidate(background, "page", 2) // the page was edited
		visit(w, cache)
		w.sleep(6 * time.Second)
		visit(w, cache)
	})
	// Output:
	//     0s  compute page
	// 5.002s  fresh_hit after 1ms, 2ms old
	// 1m5.002s  compute page
	// 1m5.003s  fresh_hit after 1ms, 1m0.003s old
	// 1m11.004s  fresh_hit after 1ms, 1.002s old
}

// Concurrent calls of one process are merged, without any cache.
func ExampleGroup() {
	example(func(w *world, _ *client, load strategies.Loader) {
		group := strategies.NewGroup(w)
		w.together(3, func(int) {
			r, shared, err := group.Do(background, "page", time.Minute, func(ctx context.Context) (strategies.Result, error) {
				v, err := load.Load(ctx, "page")
				return strategies.Result{Value: v, Outcome: strategies.Computed}, err
			})
			fmt.Printf("%6v  %s, shared %v, error %v\n", w.elapsed(), r.Data, shared, err)
		})
	})
	// Output:
	//     0s  compute page
	//     5s  Hello, shared false, error <nil>
	//     5s  Hello, shared true, error <nil>
	//     5s  Hello, shared true, error <nil>
}
