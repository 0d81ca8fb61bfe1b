// Package strategies answers reads through a cache, in ways known to survive
// a herd, and in some known not to: many requests that miss the same key at the
// same time. It needs the standard library alone and is meant for
// production; a simulator runs the very same code in virtual time.
//
// Most users need only [github.com/herdlab/herdlab/strategies/cached], which makes a cached
// function of one of theirs. Where values are bytes and keys are at hand, a [Store], a
// [Loader] and [NewSWR] are enough:
//
//	cache, err := strategies.NewSWR(store, locker, loader, strategies.SWRConfig{
//		Fresh: time.Minute,
//		TTL:   24 * time.Hour,
//	})
//	...
//	page, err := cache.Get(ctx, "front-page")
//
// Fields left at zero get the defaults given in their struct tags; a setting for which
// zero is a meaningful value is a pointer. They are meant to serve; a scenario of the
// simulator, which describes what was published, gets those of the published software
// where its tags say so (file). Stores for Redis,
// memcached and directories are below this package, each in its own. A strategy of your
// own can be made with an [Engine].
//
// # Which to choose
//
// Use [SWR] if an old value is better than none: nobody waits for the origin
// while values are refreshed in time, and an origin that fails goes unnoticed
// up to the ttl.
//
// Use [Mutex] if old values are useless and the origin can stand only one computation
// of a key at a time. Requests that lose the race wait, or fail where the client repeats
// its request and a worker cannot be spared.
//
// Use [Pool] if an old value is better than none, and a value that is computed for
// long must not take all the workers: a few compute, a few wait.
//
// Use [Leased] if values are written as often as they are read, and one that a
// write has overtaken must not be stored: the cache has to hand out leases.
//
// Put [TwoLevel] over any of them if a few keys are so hot that they fill
// the cache's network. [Smear] over any of them spreads such keys over the nodes,
// where a box may keep no copy of its own.
//
// Use [github.com/herdlab/herdlab/strategies/publish.Reader] if the writer knows what
// depends on its write, and readers must never compute.
//
// Use [Naive] if the origin can stand as many computations of one key as there are
// workers. It is here to be compared with, and so is [Direct], which has no
// cache.
//
// A [Refresher] computes a key ahead of its readers when a job, such as a cache warmer,
// asks it to.
//
// Use [Group] alone where there is no cache and concurrent calls are to be merged.
//
// # What is promised
//
// Every strategy keeps this, and the tests hold it against each of them:
//
//   - No value is served past its bound: the ttl, what is kept beyond it to be
//     served stale, and the first level's on top.
//     The age is checked here and not left to the store.
//   - However a load ends (value, error, panic), nothing stays locked and nobody
//     keeps waiting, unless the process itself dies; then the lock's own life
//     is the limit.
//   - Of one key a process runs one load at a time, also where the cache or the lock fails,
//     and those who want the key meanwhile are woken with its value (TestOneLoadWhateverFails)
//     or its failure (TestFailedLoadIsShared). See [Sharing].
//   - Everybody waits under a context of its own and leaves when that ends, the caller that
//     began the load, too (TestCallersLeaveAtTheirDeadlines, TestTwoLevelWaiterLeaves). The
//     load goes on and is stored, for load_timeout at most (TestHungLoadIsGivenUp), or with
//     cancel_abandoned until its last caller has left (TestAbandonedLoadIsCancelled).
//   - A [Bounded] loader runs so many loads at once and no more, of all keys, in the order in
//     which they came (TestLoadsAreBounded, TestBoundedPlacesAreGivenBack).
//   - A panic of a load goes on in the caller that asked for it first. In the background,
//     where there is no caller, it is a failed refresh.
//   - An error of the cache has a name ([StoreError]) and is survived by default.
//   - A cache that hangs or goes away is survived behind
//     [github.com/herdlab/herdlab/strategies/stores/failsafe]: a time-out, a breaker and, as an
//     option, a last copy in the box. With warm keys [SWR] then loads nothing and fails no
//     request within the bound of its value; [Mutex] and [Pool], whose values are not to be
//     stale, load a key once and serve that (TestHungCache there, TestHungRedis of package
//     redis).
//   - A hit takes one Store.Get, reads the clock once, and allocates nothing.
//   - What was read before a write is not stored after it (TestNoWriteIsOvertaken), for
//     writes that this process was told of, and for those of others where writes have
//     versions and the store is a [NewerSetter]. See [Writes].
//
// What is not promised: a value that another process was loading while its key was
// written may be stored after the write, and is then served up to its bound, where there
// are no versions. Short bounds limit that, and [Leased] has no such window.
// Ages compare clocks of several machines: keep these within a small part of the
// shortest bound.
//
// # Time and chance
//
// Strategies wait, and start goroutines, only through a
// [github.com/herdlab/herdlab/strategies/clock.Clock], and take random numbers from an
// injected source, see [Runtime]. In production leave both nil. Constructors
// start nothing; background work (a refresh, a worker, the renewal of a lock)
// runs in goroutines of the clock, and [github.com/herdlab/herdlab/strategies/clock.Wall.Close] waits for them
// (TestCloseWhileWorkIsStarted): give the strategies one clock of yours to have it.
package strategies
