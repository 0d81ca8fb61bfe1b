package cached

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// Codec turns values into bytes and back.
type Codec interface {
	Marshal(v any) ([]byte, error)

	// Unmarshal fills v, a pointer. It must not keep data.
	Unmarshal(data []byte, v any) error
}

// JSON is the codec of encoding/json, which other languages read, and the default.
type JSON struct{}

// Marshal is json.Marshal.
func (JSON) Marshal(v any) ([]byte, error) { return json.Marshal(v) }

// Unmarshal is json.Unmarshal.
func (JSON) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// Gob is the codec of encoding/gob, for types that JSON cannot keep whole. Each value has
// its type with it, so that small ones are larger than in JSON.
type Gob struct{}

// Marshal encodes v with its type.
func (Gob) Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

// Unmarshal decodes into v.
func (Gob) Unmarshal(data []byte, v any) error {
	return gob.NewDecoder(bytes.NewReader(data)).Decode(v)
}

// raw is the codec of values that are bytes already. JSON would make a string of base64 of
// them, which is a third larger and no page that another program can read.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) {
	if s, ok := v.(string); ok {
		return []byte(s), nil
	}
	return v.([]byte), nil
}

func (raw) Unmarshal(data []byte, v any) error {
	switch v := v.(type) {
	case *string:
		*v = string(data)
	case *[]byte:
		*v = data
	}
	return nil
}

// form is what a strategy stores for a function: its result, or that there is none, and
// what ends it before the strategy's own bounds do. In bytes, numbers as varints:
//
//	"v" or "n", for a value or for none
//	instant at which its load began, which a later purge makes it old by
//	life in nanoseconds; 0 is that of the strategy
//	number of tags, and of each its length and its name
//	the value, as the codec has it
type form struct {
	none  bool
	begun strategies.Instant
	life  time.Duration
	tags  []string
	data  []byte
}

// marshal is the form in bytes. The data comes last, as it is, so that a value of a megabyte
// is copied once.
func (f *form) marshal() []byte {
	b := append(make([]byte, 0, len(f.data)+32), 'v')
	if f.none {
		b[0] = 'n'
	}
	b = binary.AppendVarint(b, int64(f.begun))
	b = binary.AppendVarint(b, int64(f.life))
	b = binary.AppendVarint(b, int64(len(f.tags)))
	for _, tag := range f.tags {
		b = append(binary.AppendVarint(b, int64(len(tag))), tag...)
	}
	return append(b, f.data...)
}

// unmarshal reads what marshal wrote. Bytes of anything else are [strategies.ErrForeign].
func (f *form) unmarshal(b []byte) error {
	// It is the whole of the answer: a caller takes any of it for a miss.
	foreign := fmt.Errorf("%w: no result of a cached function", strategies.ErrForeign)
	if len(b) == 0 || b[0] != 'v' && b[0] != 'n' {
		return foreign
	}
	f.none, b = b[0] == 'n', b[1:]
	// What stands in the store may be anything: of an older version of this package, of another
	// program with the same prefix. Nothing is allocated by a length before it is seen to fit.
	short := false
	number := func() int64 {
		n, size := binary.Varint(b)
		if size <= 0 {
			short = true
			return 0
		}
		b = b[size:]
		return n
	}
	f.begun, f.life = strategies.Instant(number()), time.Duration(number())
	for range number() {
		length := number()
		if short || length < 0 || length > int64(len(b)) {
			return foreign
		}
		f.tags, b = append(f.tags, string(b[:length])), b[length:]
	}
	if short || f.life < 0 {
		return foreign
	}
	f.data = b
	return nil
}
