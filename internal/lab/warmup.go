package lab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/queue"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/workloads"
)

// warmKeys are those a strategy's own warm-up loads at most, the most popular first.
const warmKeys = 100_000

// warmup is what happens before the traffic: users log in, a strategy fills its
// cache as it does by itself, where it does, and the scenario's first keys are
// asked for. A key that cannot be had stays cold, and the report says so.
//
// Keys are made as they are asked for, and none is kept: ten million of them take
// the memory of the cache that is to hold them, and no more.
type warmup struct {
	fleet   *fleet
	sc      *scenarios.Scenario
	traffic *workloads.Workload
	sizes   *sizes
	watch   *Watch
	loads   *recorder // of the loads under way

	mu   sync.Mutex
	late []asked // whose answer did not come in time, and whose load goes on
	cold int     // values that could not be had
}

// asked is an item that was asked for, and the strategy that was asked.
type asked struct {
	workloads.Item
	of strategies.Strategy
}

func (u *warmup) run() error {
	if u.fleet.caches == nil {
		return u.foreign()
	}
	caches := u.sc.CacheOf()
	cached := u.itemsOf(u.traffic.Items(u.sc.Warm), func(class int) bool { return u.sc.Workload[class].Cache != world.NoCache })
	dealt := dealTo(cached, u.sc.Fleet.WarmHands())
	defer dealt.stop()
	if err := u.login(); err != nil {
		return err
	}
	for i, of := range u.fleet.caches {
		if of.shared.Warm == nil {
			continue
		}
		own := u.itemsOf(u.traffic.Items(warmKeys), func(class int) bool { return caches[class] == i })
		if err := of.shared.Warm(context.Background(), keysOf(own)); err != nil {
			return err
		}
	}
	err := u.askEach(dealt, func(i int, it workloads.Item) {
		of := u.fleet.caches[caches[it.Class]]
		u.ask(asked{it, of.made[i%len(of.made)]})
	})
	if err == nil {
		u.askAgain()
	}
	return err
}

// ask asks for an item. A strategy may give up on a load that goes on: then the value is
// yet to come, and the item is late. Where it was the box that gave up, nobody hears of it.
func (u *warmup) ask(a asked) {
	_, err := a.of.Get(context.Background(), a.Key)
	if err == nil {
		return
	}
	late := u.loads.loading(a.Key) && !errors.Is(err, origin.ErrTimeout)
	u.mu.Lock()
	defer u.mu.Unlock()
	if late {
		u.late = append(u.late, a)
	} else {
		u.cold++
	}
}

// lookLoads is how often the warm-up looks whether loads that it waits for have ended.
const lookLoads = 10 * time.Millisecond

// askAgain asks for what is late when its load has ended, and the value that it came to
// has been stored or never will be. Otherwise the traffic would begin with a cache that was
// to be warm, and is filled a little later.
func (u *warmup) askAgain() {
	late := u.late
	u.late = nil
	for _, a := range late {
		waited := false
		for u.loads.loading(a.Key) && !u.watch.stops() {
			_ = u.fleet.clock.Sleep(context.Background(), lookLoads)
			waited = true
		}
		if waited {
			_ = u.fleet.clock.Sleep(context.Background(), u.sc.Fleet.Cache.Timeout)
		}
		u.ask(a)
	}
	u.cold += len(u.late) // once is enough
}

// report warns of what the run began without.
func (u *warmup) report(run *metrics.Run) {
	if u != nil && u.cold > 0 {
		run.Warnings = append(run.Warnings, fmt.Sprintf("%s of the warm-up could not be had: the run begins without", humanize.Plural(u.cold, "value", "values")))
	}
}

// foreign asks a world that has its own strategy for the keys.
func (u *warmup) foreign() error {
	keys := slices.Collect(keysOf(u.traffic.Items(u.sc.Warm)))
	if w, ok := u.fleet.world.(Warmer); ok && len(keys) > 0 {
		return w.Warm(keys)
	}
	return nil
}

// login gives every user a session.
func (u *warmup) login() error {
	caches := u.sc.CacheOf()
	blank := origin.NewBlank(u.sizes.sizeOf)
	for i, class := range u.sc.Workload {
		if !class.Session {
			continue
		}
		cache := u.fleet.caches[caches[i]].cache
		users := dealTo(u.itemsOf(u.traffic.Population(i), func(int) bool { return true }), world.MostWarmHands)
		err := u.askEach(users, func(_ int, user workloads.Item) {
			session := world.NewSession(blank.Value(user.Key), u.fleet.clock.Now())
			_ = cache.Set(context.Background(), user.Key, session, world.SessionLife)
		})
		users.stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// itemsOf leaves some classes, and notes the size of each item before it can be asked
// for. There are no more of them once the run is to stop: ten million take half a minute.
func (u *warmup) itemsOf(items iter.Seq[workloads.Item], class func(int) bool) iter.Seq[workloads.Item] {
	return func(yield func(workloads.Item) bool) {
		for it := range items {
			if u.watch.stops() {
				return
			}
			u.sizes.noteSize(it.Key, it.Size)
			if class(it.Class) && !yield(it) {
				return
			}
		}
	}
}

func keysOf(items iter.Seq[workloads.Item]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for it := range items {
			if !yield(it.Key) {
				return
			}
		}
	}
}

// askEach calls do with every item and its number, by a process a hand.
func (u *warmup) askEach(items *dealt, do func(i int, it workloads.Item)) error {
	return atOnce(u.fleet.clock, "warm-up", len(items.hands), func(hand int) {
		for i := hand; ; i += len(items.hands) {
			it, ok := items.next(hand)
			if !ok {
				break
			}
			do(i, it)
		}
	})
}

// atOnce has n processes of a name do something, and waits for the last of them.
func atOnce(clk Clock, name string, n int, do func(i int)) error {
	if n == 0 {
		return nil
	}
	var ended atomic.Int64
	last := clk.NewEvent("the last " + name)
	for i := range n {
		clk.Go(name, func() {
			do(i)
			if ended.Add(1) == int64(n) {
				last.Set()
			}
		})
	}
	return last.Wait(context.Background(), clock.Forever)
}

// dealt is a list that goes to a number of processes as cards go to hands: item i to
// hand i mod n, whoever is the fastest, so that the boxes they ask do not depend on
// that. What a slow hand is yet to take waits in its queue.
type dealt struct {
	mu    sync.Mutex
	pull  func() (workloads.Item, bool)
	stop  func()
	hands []queue.Ring[workloads.Item]
	turn  int // hand of the next item to be pulled
}

// dealTo makes as many hands as there are items, n at most.
func dealTo(items iter.Seq[workloads.Item], n int) *dealt {
	d := new(dealt)
	d.pull, d.stop = iter.Pull(items)
	for len(d.hands) < n {
		it, ok := d.pull()
		if !ok {
			break
		}
		d.hands = append(d.hands, queue.Ring[workloads.Item]{})
		d.hands[len(d.hands)-1].Push(it)
	}
	return d
}

// next is the next item of a hand.
func (d *dealt) next(hand int) (workloads.Item, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.hands[hand].Len() == 0 {
		it, ok := d.pull()
		if !ok {
			return it, false
		}
		d.hands[d.turn].Push(it)
		d.turn = (d.turn + 1) % len(d.hands)
	}
	return d.hands[hand].Pop(), true
}

// restFor lets so much time pass before the traffic. On the wall clock, where that
// takes its time, stop is asked now and then whether to wait on.
func restFor(clk Clock, d time.Duration, stop func() bool) {
	step := max(d/100, 10*time.Millisecond)
	for ; d > 0 && (stop == nil || !stop()); d -= step {
		_ = clk.Sleep(context.Background(), min(step, d)) // the background does not end
	}
}
