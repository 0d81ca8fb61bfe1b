package live

import "github.com/herdlab/herdlab/strategies/wire"

// ownerLine is how much of the beginning of a page says whose it is.
const ownerLine = 64

// ends keeps the beginning and the end of what is written to it.
type ends struct {
	begin  []byte
	end    []byte // more than is asked for, at times
	length int64
}

// Write keeps the ends of all that was written so far.
func (e *ends) Write(b []byte) (int, error) {
	e.length += int64(len(b))
	if room := ownerLine - len(e.begin); room > 0 {
		e.begin = append(e.begin, b[:min(room, len(b))]...)
	}
	const most = wire.PageTail
	e.end = append(e.end, b[max(0, len(b)-most):]...)
	if over := len(e.end) - most; over > 0 {
		e.end = append(e.end[:0], e.end[over:]...)
	}
	return len(b), nil
}

func (e *ends) head() []byte { return e.begin }
func (e *ends) tail() []byte { return e.end }
