// Package wire is what stands in a store: an [Envelope] around an entry, a [Page] where a
// web server reads the store by itself, and a [Placeholder] where there is no entry but a
// lease. A [github.com/herdlab/herdlab/strategies.Store] writes them; a strategy does not know them.
package wire

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// An Envelope is an entry as the stores write it: bytes that say what they are,
// whose they are, and whether they are all there. A store that returns what it
// was not asked for (a connection that is one answer behind, a name that two
// keys share, a file cut short) is then an error and never a wrong value. The
// failure is not made up: a client library that did so showed users of ChatGPT
// each other's data on 20 March 2023
// (openai.com/index/march-20-chatgpt-outage).
//
// The form, numbers big-endian, instants in nanoseconds since 1970 UTC:
//
//	 0  4  "hle" and the version of the form, 1
//	 4  4  CRC-32C of everything behind it
//	 8  8  version of the value
//	16  8  instant of the Set; 0 is "none"
//	24  8  cost, nanoseconds; if a write has expired the entry, its complement
//	32  8  instant of expiry; the lowest number is "never"
//	40  4  length of the key
//	44  4  length of the data
//	48     the key, then the data
//
// The version has its place near the front so that a server-side script can
// compare it.
type Envelope struct {
	Key   string
	Entry strategies.Entry

	// Expires is when the entry is no longer there. Zero is never, or that the
	// server knows it.
	Expires time.Time
}

const (
	envelopeMagic  = "hle\x01"
	envelopeHeader = 48
	noInstant      = math.MinInt64
)

// EnvelopeHead is how many bytes of an envelope tell when it expires.
const EnvelopeHead = 40

// HeadExpires reads the instant of expiry, zero for never, from the first
// EnvelopeHead bytes of an envelope, whose checksum is then not looked at. It
// fails with [strategies.ErrForeign] or [strategies.ErrTorn].
func HeadExpires(head []byte) (time.Time, error) {
	switch {
	case len(head) < len(envelopeMagic) || string(head[:len(envelopeMagic)]) != envelopeMagic:
		return time.Time{}, strategies.ErrForeign
	case len(head) < EnvelopeHead:
		return time.Time{}, strategies.ErrTorn
	}
	return fromNanos(binary.BigEndian.Uint64(head[32:])), nil
}

// AppendBinary appends the envelope to b. It fails for a key or data of 4 GiB
// and more and for instants that nanoseconds cannot count (before 1678, after
// 2262).
func (v Envelope) AppendBinary(b []byte) ([]byte, error) {
	if uint64(len(v.Key)) > math.MaxUint32 || uint64(len(v.Entry.Data)) > math.MaxUint32 {
		return b, fmt.Errorf("entry of %d bytes under a key of %d: at most 4 GiB of either can be stored", len(v.Entry.Data), len(v.Key))
	}
	expires, err := toNanos(v.Expires)
	if err != nil {
		return b, fmt.Errorf("instant of expiry: %w", err)
	}
	begin := len(b)
	b = append(b, envelopeMagic...)
	b = append(b, 0, 0, 0, 0) // the checksum
	b = binary.BigEndian.AppendUint64(b, v.Entry.Version)
	b = binary.BigEndian.AppendUint64(b, uint64(v.Entry.Stored))
	b = binary.BigEndian.AppendUint64(b, costBits(v.Entry))
	b = binary.BigEndian.AppendUint64(b, uint64(expires))
	b = binary.BigEndian.AppendUint32(b, uint32(len(v.Key)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(v.Entry.Data)))
	b = append(b, v.Key...)
	b = append(b, v.Entry.Data...)
	binary.BigEndian.PutUint32(b[begin+4:], checksum(b[begin+8:]))
	return b, nil
}

// MarshalBinary is AppendBinary to nothing, in one allocation.
func (v Envelope) MarshalBinary() ([]byte, error) {
	return v.AppendBinary(make([]byte, 0, envelopeHeader+len(v.Key)+len(v.Entry.Data)))
}

// UnmarshalBinary reads an envelope of any key. It fails with [strategies.ErrForeign] or
// [strategies.ErrTorn]. The data is a part of b and not a copy.
func (v *Envelope) UnmarshalBinary(b []byte) error {
	if len(b) < len(envelopeMagic) || string(b[:len(envelopeMagic)]) != envelopeMagic {
		return strategies.ErrForeign
	}
	if len(b) < envelopeHeader || checksum(b[8:]) != binary.BigEndian.Uint32(b[4:]) {
		return strategies.ErrTorn
	}
	keyLen, dataLen := uint64(binary.BigEndian.Uint32(b[40:])), uint64(binary.BigEndian.Uint32(b[44:]))
	if uint64(len(b)) != envelopeHeader+keyLen+dataLen {
		return strategies.ErrTorn
	}
	cost, expired := bitsCost(binary.BigEndian.Uint64(b[24:]))
	*v = Envelope{
		Key: string(b[envelopeHeader : envelopeHeader+keyLen]),
		Entry: strategies.Entry{
			Value:  strategies.Value{Data: b[envelopeHeader+keyLen:], Version: binary.BigEndian.Uint64(b[8:])},
			Stored: strategies.Instant(binary.BigEndian.Uint64(b[16:])),
			Cost:   cost, Expired: expired,
		},
		Expires: fromNanos(binary.BigEndian.Uint64(b[32:])),
	}
	return nil
}

// Open reads an envelope that is to be key's. It fails with [strategies.ErrForeign],
// [strategies.ErrTorn] or [strategies.ErrOtherKey].
func Open(b []byte, key string) (Envelope, error) {
	var v Envelope
	if err := v.UnmarshalBinary(b); err != nil {
		return Envelope{}, err
	}
	if v.Key != key {
		return Envelope{}, fmt.Errorf("%w: %q", strategies.ErrOtherKey, v.Key)
	}
	return v, nil
}

// Lasting is an entry that lives for ttl from now, or for ever if ttl is zero.
func Lasting(key string, e strategies.Entry, ttl time.Duration, now time.Time) Envelope {
	v := Envelope{Key: key, Entry: e}
	if ttl > 0 {
		v.Expires = now.Add(ttl)
	}
	return v
}

// Found is what a store's Get says of an envelope that it read, or of none if v is nil.
func Found(v *Envelope, err error) (e strategies.Entry, ok bool, _ error) {
	if v == nil || err != nil {
		return strategies.Entry{}, false, err
	}
	return v.Entry, true, nil
}

// Expired reports whether the entry is no longer there at now.
func (v *Envelope) Expired(now time.Time) bool {
	return !v.Expires.IsZero() && !v.Expires.After(now)
}

// checksum is CRC-32C, which the processors compute.
func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// costBits are cost and expiry on the wire: a number below zero is the complement
// of the cost of an expired entry.
func costBits(e strategies.Entry) uint64 {
	cost := max(e.Cost, 0)
	if e.Expired {
		return uint64(^cost)
	}
	return uint64(cost)
}

// bitsCost is the opposite of costBits.
func bitsCost(n uint64) (cost time.Duration, expired bool) {
	if cost = time.Duration(n); cost < 0 {
		return ^cost, true
	}
	return cost, false
}

// toNanos is t on the wire.
func toNanos(t time.Time) (int64, error) {
	if t.IsZero() {
		return noInstant, nil
	}
	n := t.UnixNano()
	if n == noInstant || !time.Unix(0, n).Equal(t) {
		return 0, fmt.Errorf("%v is too far away to be stored", t)
	}
	return n, nil
}

// fromNanos is the opposite of toNanos.
func fromNanos(n uint64) time.Time {
	if int64(n) == noInstant {
		return time.Time{}
	}
	return time.Unix(0, int64(n))
}
