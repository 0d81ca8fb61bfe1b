package wire_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/wire"
)

func drawPage(t *rapid.T) wire.Page {
	p := wire.Page{Entry: strategies.Entry{
		Value:  strategies.Value{Data: rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "data"), Version: rapid.Uint64().Draw(t, "version")},
		Stored: strategies.Instant(rapid.Int64().Draw(t, "stored")),
		Cost:   time.Duration(rapid.Int64Min(0).Draw(t, "cost")), Expired: rapid.Bool().Draw(t, "expired"),
	}}
	if rapid.Bool().Draw(t, "ends") {
		p.Expires = time.Unix(0, rapid.Int64Range(-1<<62, 1<<62).Draw(t, "expires")).UTC()
	}
	return p
}

// What is written is read, and the value stands in front as it is. Its last line
// alone tells all but the value.
func TestPageIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPage(t)
		b, err := p.MarshalBinary()
		if err != nil || !bytes.HasPrefix(b, p.Entry.Data) || len(b) != len(p.Entry.Data)+wire.PageTail {
			t.Fatalf("%q, %v", b, err)
		}
		var got, tail wire.Page
		if err := got.UnmarshalBinary(b); err != nil || !bytes.Equal(got.Entry.Data, p.Entry.Data) {
			t.Fatalf("read %q, %v", got.Entry.Data, err)
		}
		if err := tail.ReadTail(b[len(b)-wire.PageTail:]); err != nil || tail.Entry.Data != nil {
			t.Fatalf("the tail: %+v, %v", tail, err)
		}
		for _, r := range []wire.Page{got, tail} {
			same := r.Entry.Version == p.Entry.Version && r.Entry.Stored == p.Entry.Stored && r.Entry.Cost == p.Entry.Cost &&
				r.Entry.Expired == p.Entry.Expired && r.Expires.Equal(p.Expires)
			if !same {
				t.Fatalf("wrote %+v, read %+v", p, r)
			}
		}
	})
}

// Every page with a byte changed or cut off is found out.
func TestPageThatIsDamaged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, err := drawPage(t).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		var p wire.Page
		if err := p.UnmarshalBinary(b[:at]); !errors.Is(err, strategies.ErrForeign) && !errors.Is(err, strategies.ErrTorn) {
			t.Fatalf("cut at %d: %v", at, err)
		}
		b[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if err := p.UnmarshalBinary(b); !errors.Is(err, strategies.ErrForeign) && !errors.Is(err, strategies.ErrTorn) {
			t.Fatalf("changed at %d: %v", at, err)
		}
	})
	var p wire.Page
	if err := p.UnmarshalBinary([]byte("<html>somebody else's</html>")); !errors.Is(err, strategies.ErrForeign) {
		t.Errorf("another's page: %v", err)
	}
}

// What a reader sees.
func ExamplePage() {
	p := wire.Page{Entry: strategies.Entry{Value: strategies.Value{Data: []byte("<p>Hello</p>"), Version: 7}, Stored: 255}}
	b, _ := p.MarshalBinary()
	_, _ = os.Stdout.Write(b)
	// Output:
	// <p>Hello</p>
	// <!-- kept 1 0000000000000007 00000000000000ff 0000000000000000 8000000000000000 89ea5037 -->
}
