package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/wire"
)

var update = flag.Bool("update", false, "rewrite the envelopes in testdata; commit them only if you understand what changed them")

func envelopeExamples() map[string]wire.Envelope {
	stored := time.Date(2030, 1, 2, 3, 4, 5, 6, time.UTC)
	return map[string]wire.Envelope{
		"empty": {},
		"page": {
			Key: "page",
			Entry: strategies.Entry{
				Value:  strategies.Value{Data: []byte("Hello"), Version: 0x0102030405060708},
				Stored: strategies.At(stored), Cost: 5 * time.Second,
			},
			Expires: stored.Add(time.Minute),
		},
		"binary": {
			Key: "\x00\xff\r\n",
			Entry: strategies.Entry{
				Value:  strategies.Value{Data: []byte{0, 255, '\r', '\n'}, Version: math.MaxUint64},
				Stored: math.MaxInt64, Cost: math.MaxInt64, Expired: true,
			},
			Expires: time.Unix(0, math.MinInt64+1),
		},
	}
}

// The head of an envelope is enough to tell its expiry.
func TestHeadExpires(t *testing.T) {
	for name, v := range envelopeExamples() {
		b, err := v.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.HeadExpires(b[:wire.EnvelopeHead])
		if err != nil || !got.Equal(v.Expires) || got.IsZero() != v.Expires.IsZero() {
			t.Errorf("%s: %v, %v; want %v", name, got, err, v.Expires)
		}
		if _, err := wire.HeadExpires(b[:wire.EnvelopeHead-1]); !errors.Is(err, strategies.ErrTorn) {
			t.Errorf("%s, a byte short: %v", name, err)
		}
		if _, err := wire.HeadExpires(append([]byte{'x'}, b...)); !errors.Is(err, strategies.ErrForeign) {
			t.Errorf("%s behind a letter: %v", name, err)
		}
	}
}

// The bytes are read by other versions of this program: if this fails, the form
// has changed, and its version must too.
func TestEnvelopeBytes(t *testing.T) {
	for name, v := range envelopeExamples() {
		b, err := v.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		got := hex.Dump(b)
		file := filepath.Join("testdata", "envelope-"+name+".hex")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: the bytes are\n%swant\n%s", name, got, want)
		}
	}
}

func sameEnvelope(a, b wire.Envelope) bool {
	return a.Key == b.Key && bytes.Equal(a.Entry.Data, b.Entry.Data) && a.Entry.Version == b.Entry.Version &&
		a.Entry.Stored == b.Entry.Stored && a.Entry.Cost == b.Entry.Cost && a.Entry.Expired == b.Entry.Expired && a.Expires.Equal(b.Expires)
}

func drawEnvelope(t *rapid.T) wire.Envelope {
	instant := func(label string) time.Time {
		n := rapid.Int64().Draw(t, label)
		if n == math.MinInt64 {
			return time.Time{}
		}
		return time.Unix(0, n)
	}
	return wire.Envelope{
		Key: string(rapid.SliceOf(rapid.Byte()).Draw(t, "key")),
		Entry: strategies.Entry{
			Value:  strategies.Value{Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data"), Version: rapid.Uint64().Draw(t, "version")},
			Stored: strategies.Instant(rapid.Int64().Draw(t, "stored")), Cost: time.Duration(rapid.Int64Min(0).Draw(t, "cost")), Expired: rapid.Bool().Draw(t, "expired"),
		},
		Expires: instant("expires"),
	}
}

func TestEnvelopeComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawEnvelope(t)
		before := rapid.SliceOf(rapid.Byte()).Draw(t, "before")
		b, err := v.AppendBinary(bytes.Clone(before))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b, before) {
			t.Fatal("what stood there before is gone")
		}
		got, err := wire.Open(b[len(before):], v.Key)
		if err != nil || !sameEnvelope(got, v) {
			t.Fatalf("%+v came back as %+v, %v", v, got, err)
		}
	})
}

// Whatever one byte becomes, and wherever the end is lost, it is noticed.
func TestEnvelopeDamage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawEnvelope(t)
		b, err := v.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			if _, err := wire.Open(b[:i], v.Key); !errors.Is(err, strategies.ErrTorn) && !(i < 4 && errors.Is(err, strategies.ErrForeign)) {
				t.Fatalf("the first %d bytes: %v", i, err)
			}
			damaged := bytes.Clone(b)
			damaged[i] ^= rapid.ByteRange(1, 255).Draw(t, "damage")
			if _, err := wire.Open(damaged, v.Key); !errors.Is(err, strategies.ErrTorn) && !(i < 4 && errors.Is(err, strategies.ErrForeign)) {
				t.Fatalf("byte %d is another: %v", i, err)
			}
		}
		if _, err := wire.Open(append(b, 0), v.Key); !errors.Is(err, strategies.ErrTorn) {
			t.Fatalf("a byte too many: %v", err)
		}
	})
}

func TestEnvelopeOfAnother(t *testing.T) {
	b, err := wire.Envelope{Key: "alice"}.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wire.Open(b, "bob"); !errors.Is(err, strategies.ErrOtherKey) || !strings.Contains(err.Error(), "alice") {
		t.Error(err)
	}
	for _, foreign := range []string{"", "x", "hle", "hle\x02 and the rest of a later form", "+OK\r\n", strings.Repeat("\x00", 99)} {
		if _, err := wire.Open([]byte(foreign), "bob"); !errors.Is(err, strategies.ErrForeign) {
			t.Errorf("%q: %v", foreign, err)
		}
	}
}

func TestEnvelopeOfFarInstants(t *testing.T) {
	for _, year := range []int{1, 1600, 2263, 9999} {
		far := time.Date(year, 2, 1, 0, 0, 0, 0, time.UTC)
		if _, err := (wire.Envelope{Expires: far}).MarshalBinary(); err == nil || !strings.Contains(err.Error(), "expiry") {
			t.Errorf("%d: %v", year, err)
		}
	}
}

func TestEnvelopeExpired(t *testing.T) {
	at := time.Unix(1000, 0)
	v := wire.Envelope{Expires: at}
	if v.Expired(at.Add(-1)) || !v.Expired(at) || !v.Expired(at.Add(1)) {
		t.Error("it does not expire at its instant")
	}
	if (&wire.Envelope{}).Expired(at) {
		t.Error("what has no instant of expiry expires")
	}
}

// Whatever bytes a server sends, they are an error or an envelope that is
// written as the very same bytes again.
func FuzzEnvelope(f *testing.F) {
	for _, v := range envelopeExamples() {
		b, err := v.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v wire.Envelope
		if err := v.UnmarshalBinary(b); err != nil {
			if !errors.Is(err, strategies.ErrForeign) && !errors.Is(err, strategies.ErrTorn) {
				t.Fatal(err)
			}
			return
		}
		again, err := v.MarshalBinary()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x is written again as %x, %v", b, again, err)
		}
	})
}
