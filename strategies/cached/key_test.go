package cached

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/strategies"
)

// query is arguments of every kind that has a form.
type query struct {
	Text, Other string
	Page        int8
	Size        uint16
	Exact       bool
	Share       float64
	Two         [2]string
	At          time.Time
}

// No two arguments share a key, whatever they contain, and a key says what they were.
func TestKeysAreUnambiguous(t *testing.T) {
	k, err := newKeys[query]("sh:op", "a b", 3)
	if err != nil {
		t.Fatal(err)
	}
	text := rapid.OneOf(rapid.SampledFrom([]string{"", ",", ":", "%", "%2C", "a,b", "a", "b", "ключ\x00 \r\n"}), rapid.String())
	draw := func(t *rapid.T) query {
		return query{
			text.Draw(t, "text"), text.Draw(t, "other"), rapid.Int8().Draw(t, "page"), rapid.Uint16().Draw(t, "size"), rapid.Bool().Draw(t, "exact"),
			rapid.Float64().Draw(t, "share"), [2]string{text.Draw(t, "0"), text.Draw(t, "1")}, time.Unix(rapid.Int64Range(0, 1e9).Draw(t, "at"), 0).UTC(),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b, variant, other := draw(t), draw(t), text.Draw(t, "variant"), text.Draw(t, "other variant")
		key, err := k.of(a, variant)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			t.Errorf("%q is no key of memcached", key)
		}
		if got, v, err := k.args(key); err != nil || got != a || v != variant {
			t.Errorf("%q is read as %v, %q, %v", key, got, v, err)
		}
		if twin, _ := k.of(b, other); (twin == key) != (a == b && variant == other) {
			t.Errorf("%v, %q and %v, %q have the keys %q and %q", a, variant, b, other, key, twin)
		}
	})
}

func TestKeysOfOthersAreRefused(t *testing.T) {
	k, _ := newKeys[int]("shop", "user", 1)
	for _, key := range []string{"", "shop:user:1:", "shop:user:2:7:", "shop:users:1:7:", "shop:user:1:x:", "shop:user:1:7", "shop:user:1:7,8:", "shop:user:1:%:"} {
		if args, _, err := k.args(key); err == nil {
			t.Errorf("%q is read as %v", key, args)
		}
	}
}

func TestArgumentsWithoutAFormAreRefused(t *testing.T) {
	for _, err := range []error{
		second(newKeys[*int]("", "f", 0)), second(newKeys[any]("", "f", 0)), second(newKeys[chan int]("", "f", 0)),
		second(newKeys[struct{ A *int }]("", "f", 0)), second(newKeys[struct{ a int }]("", "f", 0)),
	} {
		var bad *strategies.ConfigError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "has no form as text") {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestFormRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := form{
			none: rapid.Bool().Draw(t, "none"), begun: strategies.Instant(rapid.Int64().Draw(t, "begun")), life: time.Duration(rapid.Int64Range(0, 1e18).Draw(t, "life")),
			tags: rapid.SliceOfN(rapid.String(), 1, 5).Draw(t, "tags"), data: []byte(rapid.String().Draw(t, "data")),
		}
		b := f.marshal()
		var got form
		if err := got.unmarshal(b); err != nil || !reflect.DeepEqual(got, f) {
			t.Errorf("%+v, %v, want %+v", got, err, f)
		}
		for i := range len(b) - len(f.data) {
			if err := new(form).unmarshal(b[:i]); !errors.Is(err, strategies.ErrForeign) {
				t.Errorf("%d bytes of it are read: %v", i, err)
			}
		}
	})
}
