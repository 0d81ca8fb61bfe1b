package strategies

import "time"

// AgeCount is a word of the setting ages: how a strategy counts the age of a value,
// which is what it holds against fresh, ttl and stale_if_error. Software that counts in
// whole seconds serves a value of 5 s for one of 4 to 5 s, or of 5 to 6, and computes it
// by a tenth more or less often than its configuration says.
type AgeCount string

// How ages are counted. A second begins with that of the Unix epoch.
const (
	// ExactAges are those of the clock.
	ExactAges AgeCount = "exact"

	// WholeSeconds is the number of seconds begun since the second in which a value was
	// stored: lives are up to one second shorter. So do HAProxy's cache, Squid and
	// async-cache-dedupe.
	WholeSeconds AgeCount = "whole-seconds"

	// NginxSeconds serves a value in the last second of its life, too: lives are up to
	// one second longer (valid_sec < now in ngx_http_file_cache.c).
	NginxSeconds AgeCount = "nginx"

	// RedisTTL asks Redis how long the value will live and takes what is gone of that
	// for its age. Redis rounds its answer to seconds ("ttl+500" in expire.c), and who
	// asks whether more is left than ttl-fresh has lives half a second shorter.
	RedisTTL AgeCount = "redis-ttl"
)

// AgeCounting is how a strategy counts ages.
type AgeCounting struct {
	Ages AgeCount `yaml:"ages" default:"exact" enum:"exact,whole-seconds,nginx,redis-ttl" doc:"how ages are counted: exactly; in whole seconds as HAProxy, Squid and many libraries do, by which a value lives up to 1 s less; as nginx does, up to 1 s more; by the rounded TTL of Redis, 0.5 s less"`
}

// lives reports whether what was stored at an instant is younger than a bound, as it is
// counted.
func (c AgeCount) lives(stored Instant, bound time.Duration, now time.Time) bool {
	if c == "" || c == ExactAges { // on the way of every hit
		return stored.Age(now) < bound
	}
	return now.Before(c.Ends(stored.Time(), bound))
}

// Ends is the instant from which on a value that was stored at another one is older than a
// bound, as it is counted. In whole seconds a bound of 1.5 s is reached with the second one.
func (c AgeCount) Ends(stored time.Time, bound time.Duration) time.Time {
	switch c {
	case WholeSeconds:
		return stored.Truncate(time.Second).Add(wholeSeconds(bound))
	case NginxSeconds:
		return stored.Truncate(time.Second).Add(wholeSeconds(bound) + time.Second)
	case RedisTTL:
		return stored.Add(bound - time.Second/2)
	}
	return stored.Add(bound)
}

// wholeSeconds is a duration, rounded up.
func wholeSeconds(d time.Duration) time.Duration {
	if part := d % time.Second; part > 0 {
		return d - part + time.Second
	}
	return d
}

// longer is by how much a value may outlive its bound, for which a store keeps it.
func (c AgeCount) longer() time.Duration {
	if c == NginxSeconds {
		return time.Second
	}
	return 0
}
