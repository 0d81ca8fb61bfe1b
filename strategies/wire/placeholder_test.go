package wire_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/wire"
)

func TestPlaceholder(t *testing.T) {
	for _, p := range []wire.Placeholder{
		{}, {Token: "t"}, {Expires: 1, Retired: -1, Token: strings.Repeat("x", 255), Old: []byte("old")}, {Retired: 7, Old: []byte{0, 255}},
	} {
		b := p.Bytes()
		if !wire.IsPlaceholder(b) {
			t.Fatalf("%+v is none", p)
		}
		got := wire.ReadPlaceholder(b)
		if got.Expires != p.Expires || got.Retired != p.Retired || got.Token != p.Token || !bytes.Equal(got.Old, p.Old) {
			t.Errorf("%+v came back as %+v", p, got)
		}
		if short := b[:20+len(p.Token)]; wire.IsPlaceholder(short) {
			t.Errorf("%d bytes of %d are one", len(short), len(b))
		}
	}
	entry, err := wire.Envelope{Key: "k"}.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"", "hlp", string(entry), strings.Repeat("\x00", 60)} {
		if wire.IsPlaceholder([]byte(other)) {
			t.Errorf("%q is one", other)
		}
	}
	if _, err := wire.Open(wire.Placeholder{Old: entry}.Bytes(), "k"); err == nil {
		t.Error("a placeholder is opened as an entry")
	}
}

func TestPlaceholderSaysWhatThereWas(t *testing.T) {
	e := strategies.Entry{Value: strategies.Value{Data: []byte("old"), Version: 3}, Stored: 5}
	old, err := wire.Envelope{Key: "k", Entry: e}.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	p := wire.Placeholder{Retired: 9, Token: "t", Old: old}
	if l := p.Lease("k", true); l.Token != "t" || l.Found || l.Retired != 9 || string(l.Entry.Data) != "old" || l.Entry.Version != 3 {
		t.Errorf("%+v", l)
	}
	if l := p.Lease("k", false); l.Token != "" || l.Retired != 9 {
		t.Errorf("%+v to one who is not given it", l)
	}
	for _, none := range []strategies.Lease{
		p.Lease("other", true),
		(&wire.Placeholder{Retired: 9, Token: "t", Old: old[:len(old)-1]}).Lease("k", true),
		(&wire.Placeholder{Token: "t", Old: old}).Lease("k", true),
	} {
		if none.Token != "t" || !none.Retired.IsZero() || none.Entry.Data != nil {
			t.Errorf("%+v, and there is no such entry", none)
		}
	}
}

// A lease is taken for as long as it was given for, and then lives as long again.
func TestPlaceholderLife(t *testing.T) {
	const every = 10 * time.Second
	begun := time.Unix(1000, 0)
	for _, c := range []struct {
		after       time.Duration
		taken, over bool
	}{{0, true, false}, {every - 1, true, false}, {every, false, false}, {2*every - 1, false, false}, {2 * every, false, true}} {
		var p wire.Placeholder
		if p.Over(begun) || !p.Give("first", begun, every) {
			t.Fatal("the lease of nobody is over, or taken")
		}
		now := begun.Add(c.after)
		if p.Over(now) != c.over || p.Give("second", now, every) == c.taken {
			t.Errorf("after %v: %+v", c.after, p)
		}
		until := begun
		if !c.taken {
			until = now
		}
		if p.Token != "first" || p.Expires != strategies.At(until.Add(2*every)) {
			t.Errorf("after %v it is %+v", c.after, p)
		}
	}
}
