package wire

import (
	"fmt"
	"strconv"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// A Page is an entry in a form that a web server can hand out as it is: the value,
// and behind it one line of comment with what a cache has to know of it. An
// [Envelope], or any other packing, would be sent to the reader as garbage.
//
// It does not say whose entry it is: which key it is under is all that a server
// looks at, and two pages under one key are served for one another.
//
// The line has the same length always, with its numbers in hexadecimal digits:
//
//	<!-- kept 1 VERSION STORED COST EXPIRES CHECKSUM -->
//
// in the order and with the meaning that they have in an envelope; the checksum,
// CRC-32C, is of all that stands before it.
type Page struct {
	Entry strategies.Entry

	// Expires is when the entry is no longer there. Zero is never, or that the
	// server knows it.
	Expires time.Time
}

const (
	pageLine   = "\n<!-- kept 1 "
	pageEnd    = " -->\n"
	pageCheck  = PageTail - 8 - len(pageEnd) // where the checksum is in the line
	pageNumber = 16 + 1                      // digits and a space
)

// PageTail is the length of the line behind a page, in bytes.
const PageTail = len(pageLine) + 4*pageNumber + 8 + len(pageEnd)

// MarshalBinary is the page in its form. It fails for an instant that nanoseconds
// cannot count, as an envelope does.
func (p Page) MarshalBinary() ([]byte, error) {
	expires, err := toNanos(p.Expires)
	if err != nil {
		return nil, fmt.Errorf("instant of expiry: %w", err)
	}
	b := append(make([]byte, 0, len(p.Entry.Data)+PageTail), p.Entry.Data...)
	b = append(b, pageLine...)
	for _, n := range []uint64{p.Entry.Version, uint64(p.Entry.Stored), costBits(p.Entry), uint64(expires)} {
		b = fmt.Appendf(b, "%016x ", n)
	}
	b = fmt.Appendf(b, "%08x", checksum(b))
	return append(b, pageEnd...), nil
}

// UnmarshalBinary reads a page. It fails with [strategies.ErrForeign] or [strategies.ErrTorn]. The data
// is a part of b and not a copy.
func (p *Page) UnmarshalBinary(b []byte) error {
	if err := p.ReadTail(b); err != nil {
		return err
	}
	check := len(b) - PageTail + pageCheck
	if string(b[check:check+8]) != fmt.Sprintf("%08x", checksum(b[:check])) {
		return strategies.ErrTorn
	}
	p.Entry.Data = b[: len(b)-PageTail : len(b)-PageTail]
	return nil
}

// ReadTail reads what the last line of a page says, from bytes that end with it,
// all but the data. It does not see whether the page is whole.
func (p *Page) ReadTail(b []byte) error {
	if len(b) < PageTail {
		return strategies.ErrForeign
	}
	tail := string(b[len(b)-PageTail:])
	if tail[:len(pageLine)] != pageLine || tail[PageTail-len(pageEnd):] != pageEnd {
		return strategies.ErrForeign
	}
	var numbers [4]uint64
	for i := range numbers {
		at := len(pageLine) + i*pageNumber
		n, err := strconv.ParseUint(tail[at:at+16], 16, 64)
		if err != nil || tail[at+16] != ' ' {
			return strategies.ErrTorn
		}
		numbers[i] = n
	}
	cost, expired := bitsCost(numbers[2])
	*p = Page{
		Entry:   strategies.Entry{Value: strategies.Value{Version: numbers[0]}, Stored: strategies.Instant(numbers[1]), Cost: cost, Expired: expired},
		Expires: fromNanos(numbers[3]),
	}
	return nil
}
