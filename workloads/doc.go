// Package workloads makes the traffic of a scenario: from a seed, a stream of
// requests in the order of time.
//
//	w, err := workloads.New(1, 30*time.Second, []workloads.Class{{
//		Class: "page", Rate: 500, Keys: &workloads.Keys{Count: 100_000, Zipf: 0.9},
//	}})
//	...
//	defer w.Close()
//	var r workloads.Request
//	for w.Next(&r) {
//		send(r) // at r.At
//	}
//	return w.Err()
//
// It is pure: it reads no clock, starts no goroutine and draws from nothing but
// the seed. A simulator and a load generator that are given the same classes and
// seed send the same requests at the same instants.
//
// # Arrivals
//
// Requests are open-loop: they come when they come, whether or not those before
// them were answered. Most users need rate, with its default of independent
// (Poisson) arrivals, which is what many clients that know nothing of each other
// make. Beyond that:
//
//   - constant arrivals, for what a timer sends;
//   - [Burst], for so many requests at one time: a mailing, a cron job, a page
//     that was just invalidated. A rate may go on beside it;
//   - [Flash], for a crowd that comes and goes on top of a rate;
//   - [Ramp], to find the load at which something breaks;
//   - [Sine], for day and night;
//   - [Trace], for what really happened: an access log or a table.
//
// # Keys
//
// [Keys] is a population with a popularity: Zipf's law with any exponent from 0,
// of which web traffic has 0.6 to 1 (Breslau, Cao, Fan, Phillips and Shenker,
// "Web Caching and Zipf-like Distributions", 1999), hot keys with a share of
// their own, and keys that are asked for only once. A class without keys is a
// bystander: requests that never touch the cache and share the workers with
// those that do.
//
// # What is promised
//
//   - The same seed, duration and classes give the same requests, to the last
//     bit, on every machine and in every version that does not say otherwise.
//   - Instants are whole nanoseconds, do not decrease, and lie in the class's
//     active time [from, until). Where classes tie, the earlier one goes first.
//   - Every class draws instants, keys, operations and visitors from streams of
//     its own ([Substream]). To add a class, or to change what a class asks for,
//     changes the arrivals of none; that is what makes runs comparable in pairs.
//   - Memory does not grow with the number of requests. Up to a million keys of
//     a class are kept as strings, from their first use; of a trace, a minute or
//     a million requests.
//   - Next allocates nothing, but for keys met for the first time, beyond the
//     million, or from a trace.
//
// # Traces
//
// A trace is read as it is replayed, up to the end of the run. The first request
// comes at the beginning of the class's active time. Access logs are out of
// order, because an entry is written when its request ends: up to a minute is put
// right, and what is later still is moved and counted. They know no more than the
// second, and so do tables without decimals: requests that share a second are
// spread evenly over it. Lines that cannot be read are counted ([TraceStats]),
// and too many of them are an error, which like every error of a trace names
// file, line and column.
package workloads
