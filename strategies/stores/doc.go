// Package stores is what the caches below it have in common: the names of their
// faults, and how an operation ends with its context. Each cache is a package of
// its own, so that a program has only the client library it uses:
//
//   - [github.com/herdlab/herdlab/strategies/stores/redis]: Redis and what speaks like it. Exact in
//     time and in its locks. The default.
//   - [github.com/herdlab/herdlab/strategies/stores/memcached]: memcached. Whole seconds at the
//     server, exact to the clocks of the boxes; locks may be evicted.
//   - [github.com/herdlab/herdlab/strategies/stores/file]: a directory, for one machine.
//   - [github.com/herdlab/herdlab/strategies/stores/filebased]: a directory of bounded size, for one
//     process: as Django had it, and three other ways to bound it.
//
// What a number of seconds means to each is in
// [github.com/herdlab/herdlab/strategies/stores/lifetime].
//
// All of them write a [github.com/herdlab/herdlab/wire.Envelope], so that bytes of another
// key, another program or half a write are an error and never a value, and all
// of them pass [github.com/herdlab/herdlab/strategies/stores/storetest].
package stores
