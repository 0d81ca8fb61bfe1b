package live

import (
	"bytes"
	"encoding/gob"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// gone is the pipe to a generator: it takes the order, and is closed behind it.
type gone struct{ said int }

func (p *gone) Write(b []byte) (int, error) {
	if p.said++; p.said > 1 {
		return 0, errors.New("file already closed")
	}
	return len(b), nil
}

// A generator may be gone before the answer to a question that nobody waits for
// any more. What it has told counts, and only without its report it ended early.
func TestAGeneratorThatIsGoneBeforeItsLastAnswer(t *testing.T) {
	for _, c := range []struct {
		name string
		last *metrics.Generator
		want string
	}{
		{"with its report", &metrics.Generator{Sent: 3}, ""},
		{"without", nil, "it ended before it was done"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			says := gob.NewEncoder(&out)
			for _, n := range []updates{{Started: 1}, {Asked: []boxQuestion{{Number: 1, Key: "a"}, {Number: 2, Key: "b"}}}} {
				if err := says.Encode(n); err != nil {
					t.Fatal(err)
				}
			}
			if c.last != nil {
				if err := says.Encode(updates{Report: c.last}); err != nil {
					t.Fatal(err)
				}
			}
			g := &generator{boxChoice: &boxChoice{pick: func(string) (int, bool) { return 0, true }}}
			err := g.converse(&gone{}, &out, func(time.Time) {})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if c.last != nil && (g.Report() == nil || g.Report().Sent != c.last.Sent) {
				t.Errorf("reported %+v, told %+v", g.Report(), c.last)
			}
		})
	}
}
