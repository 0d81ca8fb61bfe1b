package tier

import (
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// request is one operation as it is under way to a node. It is a value and no function,
// since it may outlive the client that sent it (see [hang]): what a function refers to
// would have to be allocated for every change, and not only for those that wait.
type request struct {
	verb  verb
	space keyspace
	key   string
	token string             // of a lock or a lease
	entry strategies.Entry   // to be stored
	newer bool               // unless there is one of a later version
	life  time.Duration      // of what is stored or locked; of a lease, how often it is handed out
	at    strategies.Instant // of the write that retires the key
}

// verb is what a node is asked to do. All but opGet change something, if only a count, and
// are done when they arrive; a read is done when it is sent: see [Client].
type verb uint8

const (
	opGet verb = iota
	opSet
	opDelete
	opLock
	opUnlock
	opExtend
	opLease
	opSetLeased
	opRetire
)

// reply is what a node says to a request. Its error is the node's, and not of the way
// there.
type reply struct {
	ok    bool // found, stored, locked, held
	err   error
	entry strategies.Entry
	lease strategies.Lease
	wire  time.Duration // that an entry takes on the link
}
