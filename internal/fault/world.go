package fault

import "time"

// World is what faults befall, modelled or real. None of its methods returns an error:
// a world that cannot do what it is asked to says so in the report of the run, which
// goes on. What no world could do [Check] has refused by then.
//
// On the wall the methods are called from goroutines of their own, and several at once.
type World interface {
	Nodes
	Origin
	Boxes
	Releases
	Balancer
	Disks
	Sessions
	Warmers
}

// Nodes are the cache servers. They are counted from 0: first those of the tier, then
// its gutter or those of named caches that have their own.
type Nodes interface {
	StopNode(i int, how Outage)
	StartNode(i int, how Outage) // after an outage of that kind
	FlushNode(i int)             // it forgets everything, locks too
	ListNode(i int, on bool)     // puts it on every client's list, or takes it off
}

// Outage is how a node goes, and with that how it comes back.
type Outage string

// The outages.
const (
	Crash Outage = "crash" // its process dies, and an empty one follows
	Cut   Outage = "cut"   // its connections are refused, and its memory stays
	Hang  Outage = "hang"  // it answers nothing, and its memory stays
)

// Origin is the database or service that computes values.
type Origin interface {
	ChangeOrigin(change func(*OriginState))
}

// OriginState is how the origin is. Faults that go on at the same time each change
// a field of it.
type OriginState struct {
	Down    bool    // every load fails at once
	Invalid bool    // every value is
	Factor  float64 // of the latency; 1 without a fault
	Errors  float64 // share of loads that fail, beside the configured one
}

// Boxes are the application servers.
type Boxes interface {
	CrashBox(i int)  // it loses its work and its memory, and starts anew at once
	LoseBox(i int)   // its disk is gone as well, and it stays away
	ReturnBox(i int) // a new one takes its place
}

// Releases are the programs that boxes run.
type Releases interface {
	BeginRelease(caches []string) // no box has it yet; it gives the keys of these caches a new version
	DeployBox(i int)              // the box starts anew with the newest release
}

// Balancer is what stands before the boxes.
type Balancer interface {
	Readmit(r Readmit) // from now on only so many requests are let in as r says
}

// Disks are the file caches of the boxes.
type Disks interface {
	CullDisks() // at every box, beside its requests
}

// Sessions are the pages of those who are signed in.
type Sessions interface {
	CacheSessions(cached bool) // false is what the configuration says
}

// Warmers compute values ahead of their readers.
type Warmers interface {
	// StopWarmers has them stop at an instant of the traffic, for good or for a time:
	// what they are computing then is lost, and they go on when nothing else keeps
	// them stopped. It is called before that, when the traffic begins.
	StopWarmers(at, takes time.Duration)
}
