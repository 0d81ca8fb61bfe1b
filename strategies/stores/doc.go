// Package stores is what the caches below it have in common: the names of their
// faults, and how an operation ends with its context. Each cache is a package of
// its own, so that a program has only the client library it uses:
//
//   - [herdlab/strategies/stores/redis]: Redis and what speaks like it. Exact in
//     time and in its locks. The default.
//   - [herdlab/strategies/stores/memcached]: memcached. Whole seconds at the
//     server, exact to the clocks of the boxes; locks may be evicted.
//   - [herdlab/strategies/stores/file]: a directory, for one machine.
//   - [herdlab/strategies/stores/filebased]: a directory of bounded size, for one
//     process: as Django had it, and three other ways to bound it.
//
// What a number of seconds means to each is in
// [herdlab/strategies/stores/lifetime].
//
// All of them write a [herdlab/strategies.Envelope], so that bytes of another
// key, another program or half a write are an error and never a value, and all
// of them pass [herdlab/strategies/stores/storetest].
package stores
