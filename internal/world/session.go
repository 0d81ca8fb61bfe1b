package world

import (
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// SessionLife is how long a session is kept after it was written: two weeks, as
// Django has it (SESSION_COOKIE_AGE).
const SessionLife = 14 * 24 * time.Hour

// NewSession is the session of a user who has just logged in.
func NewSession(data []byte, now time.Time) strategies.Entry {
	return strategies.Entry{Value: strategies.Value{Data: data, Version: 1}, Stored: strategies.At(now)}
}
