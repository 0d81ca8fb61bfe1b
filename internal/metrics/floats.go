package metrics

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// Floats is a series in which NaN means "nothing happened" and is null in JSON.
type Floats []float64

// MarshalJSON writes up to four decimals: a tenth of a microsecond where the
// unit is the millisecond.
func (f Floats) MarshalJSON() ([]byte, error) {
	if f == nil {
		return []byte("[]"), nil
	}
	b := append(make([]byte, 0, 8*len(f)+2), '[')
	for i, v := range f {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, math.Round(v*1e4)/1e4, 'f', -1, 64)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Floats) UnmarshalJSON(b []byte) error {
	var values []*float64
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&values); err != nil {
		return err
	}
	*f = make(Floats, len(values))
	for i, v := range values {
		(*f)[i] = math.NaN()
		if v != nil {
			(*f)[i] = *v
		}
	}
	return nil
}
