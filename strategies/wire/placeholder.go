package wire

import (
	"encoding/binary"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// A Placeholder is what the stores write in the place of an entry that is not
// there: the lease of its key, and the entry that was retired last. To a Get or a Set
// of the entry it is nothing at all. The form, numbers big-endian,
// instants in nanoseconds since 1970 UTC, 0 being none:
//
//	 0  4  "hlp" and the version of the form, 1
//	 4  8  instant of its expiry; none where the server knows it
//	12  8  instant at which the entry was retired
//	20  1  length of the token; 0 where nobody has the lease
//	21     the token, and then the retired entry in its [Envelope]
//
// It has no checksum, so that a server-side script can write it; the envelope in
// it has one, and a token that is damaged is nobody's.
type Placeholder struct {
	Expires strategies.Instant
	Retired strategies.Instant
	Token   string // at most 255 bytes
	Old     []byte
}

const (
	placeholderMagic = "hlp\x01"
	placeholderHead  = 21
)

// IsPlaceholder reports whether b is one, and no envelope.
func IsPlaceholder(b []byte) bool {
	return len(b) >= placeholderHead && string(b[:4]) == placeholderMagic && len(b) >= placeholderHead+int(b[20])
}

// Bytes is the placeholder in its form.
func (p Placeholder) Bytes() []byte {
	b := make([]byte, 0, placeholderHead+len(p.Token)+len(p.Old))
	b = append(b, placeholderMagic...)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Expires))
	b = binary.BigEndian.AppendUint64(b, uint64(p.Retired))
	b = append(b, byte(len(p.Token)))
	b = append(b, p.Token...)
	return append(b, p.Old...)
}

// ReadPlaceholder reads what [IsPlaceholder] says is one. The old entry is a part
// of b and not a copy.
func ReadPlaceholder(b []byte) Placeholder {
	n := placeholderHead + int(b[20])
	return Placeholder{
		Expires: strategies.Instant(binary.BigEndian.Uint64(b[4:])), Retired: strategies.Instant(binary.BigEndian.Uint64(b[12:])),
		Token: string(b[placeholderHead:n]), Old: b[n:],
	}
}

// Lease is what the placeholder of key says to one who asks and is given the
// lease, or is not. An old entry that is damaged, or another key's, is none.
func (p *Placeholder) Lease(key string, given bool) strategies.Lease {
	var l strategies.Lease
	if given {
		l.Token = p.Token
	}
	if v, err := Open(p.Old, key); err == nil && !p.Retired.IsZero() {
		l.Entry, l.Retired = v.Entry, p.Retired
	}
	return l
}

// Give hands out the lease, unless that was done less than every ago, and reports
// whether it did: the lease that there is, or else the one named token. It is for
// stores whose server does not know how long the placeholder has to live.
func (p *Placeholder) Give(token string, now time.Time, every time.Duration) bool {
	switch {
	case p.Token == "":
		p.Token = token
	case p.Expires.Age(now) < -every: // it was given twice every
		return false
	}
	p.Expires = strategies.At(now.Add(2 * every))
	return true
}

// Over reports whether the time of the placeholder is over.
func (p *Placeholder) Over(now time.Time) bool { return !p.Expires.IsZero() && p.Expires.Age(now) >= 0 }
