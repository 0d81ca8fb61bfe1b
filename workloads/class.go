package workloads

import "time"

// The configuration of the traffic, as a scenario file spells it. The tags are
// read by package scenarios: doc is the reference text, default the value of a
// field left out, unit how a number is written, enum the words allowed, min and
// max the range. In Go, a field left out is zero: what that means is said where
// it differs from the tag's default.

// Class is a class of requests: who asks, how often, and for what. It has one
// form of arrivals: rate, ramp, sine, burst, flash or trace. Burst and flash may
// have a rate beside them.
type Class struct {
	Class string `yaml:"class" required:"true" doc:"its name in reports"`

	Rate     float64 `yaml:"rate" unit:"/s" min:"0" max:"1000000000/s" doc:"arrivals: requests per second, the same all the time"`
	Ramp     *Ramp   `yaml:"ramp" doc:"arrivals: a rate that grows or shrinks evenly over the active time"`
	Sine     *Sine   `yaml:"sine" doc:"arrivals: a rate that swings, such as day and night"`
	Burst    *Burst  `yaml:"burst" doc:"arrivals: a number of requests at one time; with rate, beside it"`
	Flash    *Flash  `yaml:"flash" doc:"arrivals: a crowd that comes, stays and goes; with rate, on top of it"`
	Trace    *Trace  `yaml:"trace" doc:"arrivals: the requests of an access log or a table, which have keys and sizes of their own"`
	Arrivals string  `yaml:"arrivals" default:"poisson" enum:"poisson,constant" doc:"poisson: independent requests, as of many clients; constant: evenly spaced ones, as of a timer. A burst is always evenly spaced"`

	From  time.Duration `yaml:"from" default:"0s" min:"0s" doc:"when its requests begin"`
	Until time.Duration `yaml:"until" min:"0s" doc:"when they end; the end of the run by default"`

	Keys   *Keys         `yaml:"keys" doc:"what it asks for; a class without keys is a bystander: it never touches the cache"`
	Writes float64       `yaml:"writes" default:"0" unit:"share" min:"0" max:"1" doc:"share of the requests that are writes"`
	Again  time.Duration `yaml:"again" default:"0s" min:"0s" doc:"every write is followed by another one of its key after so long, as from a form that saves twice; 0 is by none"`
	Size   *Size         `yaml:"size" doc:"size of the values, 1KB by default; with a trace, in place of the sizes that it has"`
	Cost   time.Duration `yaml:"cost" default:"0s" min:"0s" doc:"CPU time that a request costs its box"`

	Cache    string    `yaml:"cache" default:"default" doc:"the named cache that keeps its values: one with a prefix and a version of its own, on the same nodes; none is no cache: what the class asks for is computed every time, whatever the strategy"` // "" is "default"
	Session  bool      `yaml:"session" default:"false" doc:"its values are sessions: every user is logged in before the requests begin; a read of a session that is gone logs the user out and in again, and loads nothing; a write stores the session"`
	SignedIn *SignedIn `yaml:"signed_in" doc:"requests of users who are signed in, each of whom gets pages of his own; they mean something to a front (fleet.front)"`
}

// Ramp is a rate that changes evenly from the beginning of the class's active
// time to its end.
type Ramp struct {
	From float64 `yaml:"from" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"rate at the beginning"`
	To   float64 `yaml:"to" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"rate at the end"`
}

// Sine is the rate mean + amplitude sin(2 pi (t + phase) / period), t being
// counted from the beginning of the class's active time.
type Sine struct {
	Mean      float64       `yaml:"mean" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"rate about which it swings"`
	Amplitude float64       `yaml:"amplitude" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"how far it swings up and down; at most the mean"`
	Period    time.Duration `yaml:"period" required:"true" min:"1ms" doc:"time from one height to the next"`
	Phase     time.Duration `yaml:"phase" default:"0s" min:"0s" doc:"how far into a period it begins: at 0 it is at its mean and rising, a quarter of a period later at its height"`
}

// Burst is a number of requests evenly spread over a time.
type Burst struct {
	At       time.Duration `yaml:"at" default:"0s" min:"0s" doc:"when the first one comes, from the start of the run"`
	Requests int           `yaml:"requests" required:"true" min:"1" max:"1000000000" doc:"how many"`
	Over     time.Duration `yaml:"over" default:"0s" min:"0s" doc:"time over which they are spread; 0 is all at once"`
}

// Flash is a crowd on top of the class's rate: the rate rises evenly to its
// height, stays there, and falls evenly.
type Flash struct {
	At   time.Duration `yaml:"at" default:"0s" min:"0s" doc:"when it begins to rise, from the start of the run"`
	Peak float64       `yaml:"peak" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"what it adds to the rate at its height"`
	Rise time.Duration `yaml:"rise" default:"0s" min:"0s" doc:"time to its height"`
	Hold time.Duration `yaml:"hold" default:"0s" min:"0s" doc:"time at its height"`
	Fall time.Duration `yaml:"fall" default:"0s" min:"0s" doc:"time until it is gone"`
}

// Trace is recorded traffic: an access log of Apache or nginx in the common or
// combined format, or a table of time, key and size. Both may be compressed with
// gzip.
type Trace struct {
	File   string  `yaml:"file" required:"true" doc:"path of the file"`
	Format string  `yaml:"format" default:"auto" enum:"auto,log,csv" doc:"log: an access log, common or combined; csv: time,key,size with the time in seconds or as in RFC 3339; auto: told from its first lines"`
	Speed  float64 `yaml:"speed" default:"1" min:"0.000001" max:"1000000" doc:"how many times faster than recorded it is replayed"` // 0 is 1
	MaxBad float64 `yaml:"max_bad" default:"5%" unit:"share" min:"0" max:"1" doc:"share of the lines that may be unreadable before the replay is given up"`
}

// Keys is a population of keys and how popular each is.
type Keys struct {
	Count   int     `yaml:"count" required:"true" min:"1" max:"1000000000000" doc:"how many keys there are"`
	Zipf    float64 `yaml:"zipf" default:"0" min:"0" max:"20" doc:"exponent s of Zipf's law: the k-th most popular key is asked in proportion to 1/k^s; 0 is all alike"`
	Hot     *Hot    `yaml:"hot" doc:"a few keys that get a fixed share of the requests; Zipf's law holds among the others"`
	OneHit  float64 `yaml:"one_hit" default:"0" unit:"share" min:"0" max:"1" doc:"share of the requests that ask for a key never asked before or again"`
	Prefix  string  `yaml:"prefix" doc:"what the keys begin with, the class's name by default; classes of the same prefix share their keys"`
	Shuffle bool    `yaml:"shuffle" default:"false" doc:"number the keys at random, by the seed, instead of by popularity"`
}

// Hot is the most popular keys, all alike.
type Hot struct {
	Keys  int     `yaml:"keys" required:"true" min:"1" doc:"how many"`
	Share float64 `yaml:"share" required:"true" unit:"share" min:"0" max:"1" doc:"share of the requests that ask for one of them"`
}

// Size is the size of values in bytes: fixed, or lognormal. A key's value always
// has the same size: it follows from the key and nothing else.
type Size struct {
	Fixed  int64 `yaml:"fixed" unit:"bytes" min:"0" max:"1GiB" doc:"always the same; may be written as the bare size"`
	Median int64 `yaml:"median" unit:"bytes" min:"0" max:"1GiB" doc:"lognormal: half of the keys have smaller values"`
	P99    int64 `yaml:"p99" unit:"bytes" min:"0" max:"1GiB" doc:"lognormal: 99 % of the keys have smaller values"`
}

// Bystander reports whether the class never touches the cache: it has no keys.
func (c Class) Bystander() bool { return c.Keys == nil && c.Trace == nil }
