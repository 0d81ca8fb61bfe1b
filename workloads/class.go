package workloads

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"
	"time"
)

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

	Rate     float64 `yaml:"rate" unit:"/s" min:"0" max:"1000000000/s" doc:"arrivals at a constant rate"`
	Ramp     *Ramp   `yaml:"ramp" doc:"arrivals at a rate that grows or shrinks evenly while the class is active"`
	Sine     *Sine   `yaml:"sine" doc:"arrivals at a rate that swings, such as day and night"`
	Burst    *Burst  `yaml:"burst" doc:"a number of requests at one time; rate may add to it"`
	Flash    *Flash  `yaml:"flash" doc:"a crowd that comes, stays and goes; rate may add to it"`
	Trace    *Trace  `yaml:"trace" doc:"the requests of an access log or a CSV file, with their keys and sizes"`
	Arrivals string  `yaml:"arrivals" default:"poisson" enum:"poisson,constant" doc:"poisson: independent requests, as from many clients; constant: evenly spaced, as from a timer. A burst is always evenly spaced"`

	From  time.Duration `yaml:"from" default:"0s" min:"0s" doc:"when its requests begin"`
	Until time.Duration `yaml:"until" min:"0s" doc:"when its requests end; by default with the run"`

	Keys   *Keys         `yaml:"keys" doc:"the keys it asks for; a class without keys is a bystander, which never touches the cache"`
	Writes float64       `yaml:"writes" default:"0" unit:"share" min:"0" max:"1" doc:"share of the requests that are writes"`
	Again  time.Duration `yaml:"again" default:"0s" min:"0s" doc:"every write is repeated after this time, as by a form that saves twice; 0 is never"`
	Size   *Size         `yaml:"size" doc:"size of the values, by default 1KB; with a trace it replaces the recorded sizes"`
	Cost   time.Duration `yaml:"cost" default:"0s" min:"0s" doc:"CPU time that a request costs its box"`

	Cache    string    `yaml:"cache" default:"default" doc:"the named cache of its values, with a prefix and version of its own on the same nodes; none is no cache: every request computes"` // "" is "default"
	Session  bool      `yaml:"session" default:"false" doc:"its values are sessions: all users are logged in at the start; a read of a lost session logs the user out and in again, without a load"`
	SignedIn *SignedIn `yaml:"signed_in" doc:"requests of signed-in users, who each have pages of their own; only with fleet.front"`
}

// Bystander reports whether the class never touches the cache: it has no keys.
func (c Class) Bystander() bool { return c.Keys == nil && c.Trace == nil }

// LeastSize is the size of the smallest value that the class may have, in bytes; 0
// where one may be as small as can be.
func (c Class) LeastSize() int64 {
	if c.Trace != nil {
		return 0
	}
	return int64(newSizing(c.Size).fixed)
}

// form is a way in which the requests of a class arrive, other than at a rate.
type form struct {
	name string // of its field
	arriving
}

// arriving is what every form knows of itself.
type arriving interface {
	check(Class) error

	// pacers is the arrivals of the class, with those of its rate, in an active
	// time of a given length. A trace has none: its file says when requests come.
	pacers(c Class, length time.Duration) []pacer
}

// forms is those that the class has; a valid one has one at most. A new form is a
// file of its own, a field and a line here.
func (c Class) forms() (list []form) {
	for _, f := range []form{{"ramp", c.Ramp}, {"sine", c.Sine}, {"burst", c.Burst}, {"flash", c.Flash}, {"trace", c.Trace}} {
		if !reflect.ValueOf(f.arriving).IsNil() {
			list = append(list, f)
		}
	}
	return list
}

// FieldError is an impossible value in a [Class]. The path lets a loader say where in
// the file it stands.
type FieldError struct {
	Path string // of the field as the file spells it: "burst.over"
	Msg  string // what is wrong, and what to write instead
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Msg }

// refuse is a [*FieldError] where a value is wrong, and else nil. Conditions on floats
// are written as what must hold, since NaN fails every comparison.
func refuse(wrong bool, path, format string, args ...any) error {
	if !wrong {
		return nil
	}
	return &FieldError{Path: path, Msg: fmt.Sprintf(format, args...)}
}

// Validate checks what can be checked without knowing how long the run is. The
// error is a [*FieldError]. It covers what the tags say, for those who build a
// Class in Go.
func (c Class) Validate() error {
	return cmp.Or(
		c.checkArrivals(), c.checkTime(), c.checkForm(), c.checkKeys(), c.checkCache(),
		refuse(c.Again < 0, "again", "%v is negative", c.Again),
		refuse(c.Again > 0 && c.Writes == 0, "again", "the class writes nothing that could be written again: add writes, or remove again"),
	)
}

// checkArrivals sees that the class has a name and one form of arrivals.
func (c Class) checkArrivals() error {
	var names []string
	var second string
	for _, f := range c.forms() {
		if names = append(names, f.name); len(names) == 2 {
			second = f.name
		}
	}
	n, all := len(names), strings.Join(names, " and ")
	return cmp.Or(
		refuse(c.Class == "", "class", "a class needs a name"),
		refuse(n > 1, second, "a class has one form of arrivals, and this one has %s: make a class of each", all),
		refuse(n == 0 && c.Rate == 0, "rate", "the class has no arrivals: write a rate above 0/s, or one of ramp, sine, burst, flash, trace"),
		refuse(n == 1 && c.Rate != 0 && c.Burst == nil && c.Flash == nil, "rate",
			"a rate can stand beside burst or flash, not beside %s: remove one of them", all),
		refuse(c.Arrivals != "" && c.Arrivals != "poisson" && c.Arrivals != "constant", "arrivals", "%q is neither poisson nor constant", c.Arrivals),
	)
}

// checkTime checks what does not depend on how long the run is; see within.
func (c Class) checkTime() error {
	return cmp.Or(
		refuse(c.From < 0, "from", "%v is before the start of the run", c.From),
		refuse(c.Until < 0, "until", "%v is before the start of the run", c.Until),
		refuse(c.Until != 0 && c.Until <= c.From, "until", "the class ends at %v, and it begins at %v", c.Until, c.From),
		refuse(c.Cost < 0, "cost", "%v is negative", c.Cost),
	)
}

// checkForm checks the numbers of rate and form.
func (c Class) checkForm() error {
	err := checkRate("rate", c.Rate)
	for _, f := range c.forms() {
		err = cmp.Or(err, f.check(c))
	}
	return err
}

// checkKeys checks what a class asks for.
func (c Class) checkKeys() error {
	err := checkShare("writes", c.Writes)
	if c.Keys != nil {
		err = cmp.Or(err, c.Keys.check())
	}
	err = cmp.Or(err,
		refuse(c.Bystander() && c.Writes != 0, "writes", "the class has no keys that it could write: add keys, or remove writes"),
		refuse(c.Bystander() && c.Size != nil, "size", "the class has no keys whose values could have a size: add keys, or remove size"))
	if c.Size != nil {
		err = cmp.Or(err, c.Size.check())
	}
	return err
}

// checkCache checks which cache a class uses, and for what.
func (c Class) checkCache() error {
	err := cmp.Or(
		refuse(c.Bystander() && c.Cache != "" && c.Cache != "default", "cache",
			"the class has no keys, and so needs no cache: remove it, or give the class keys"),
		refuse(c.Session && c.Cache == "none", "cache", "sessions live in a cache: name another one than none"),
		refuse(c.Session && c.Keys == nil, "session", "sessions have keys, and this class names none: give it keys"),
		refuse(c.Session && c.Keys != nil && c.Keys.OneHit > 0, "keys.one_hit",
			"a key that is asked once is no session: nobody has logged in with it"),
	)
	if c.SignedIn != nil {
		err = cmp.Or(err, c.SignedIn.check(c))
	}
	return err
}

// within checks the class against the length of the run. A burst is a promise of
// so many requests and has to fit whole; everything else is cut at the end.
func (c Class) within(duration time.Duration) error {
	until := c.until(duration)
	err := refuse(c.From >= duration, "from", "the class begins at %v, and the run ends at %v", c.From, duration)
	if b := c.Burst; b != nil {
		err = cmp.Or(err, refuse(b.At >= until || b.Over > until-b.At, "burst.over",
			"the burst lasts from %v to %v, and its class ends at %v", b.At, b.At+b.Over, until))
	}
	if f := c.Flash; f != nil {
		err = cmp.Or(err, refuse(f.At >= until, "flash.at", "the crowd comes at %v, and its class ends at %v", f.At, until))
	}
	return err
}

// until is the end of the class's active time in a run.
func (c Class) until(duration time.Duration) time.Duration {
	return min(cmp.Or(c.Until, duration), duration)
}

// maxRate is one request in a nanosecond, the finest there is.
const maxRate = 1e9

func checkRate(path string, r float64) error {
	return refuse(!(r >= 0 && r <= maxRate), path, "%v/s is no rate: write one from 0/s to %.0f/s", r, float64(maxRate))
}

func checkShare(path string, s float64) error {
	return refuse(!(s >= 0 && s <= 1), path, "%v is no share: write one from 0%% to 100%%", s)
}
