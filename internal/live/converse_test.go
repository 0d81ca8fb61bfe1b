package live

import (
	"bytes"
	"errors"
	"io"
	"net/rpc"
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

func (p *gone) Close() error { return nil }

// mute is a generator that never hears an answer: what it says is kept.
type mute struct {
	io.Reader
	*bytes.Buffer
}

func (m mute) Read(b []byte) (int, error) { return m.Reader.Read(b) }
func (m mute) Close() error               { return nil }

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
			silence, end := io.Pipe()
			defer end.Close()
			var out bytes.Buffer
			says := rpc.NewClient(mute{silence, &out})
			for _, key := range []string{"a", "b"} {
				says.Go("Lab.Choose", key, new(int), nil)
			}
			if c.last != nil {
				says.Go("Lab.Hear", &Updates{Report: c.last}, new(struct{}), nil)
			}
			g := &generator{
				boxChoice: &boxChoice{pick: func(string) (int, bool) { return 0, true }},
				begin:     func(time.Time) {},
			}
			err := g.converse(&gone{}, io.NopCloser(&out))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if c.last != nil && (g.Report() == nil || g.Report().Sent != c.last.Sent) {
				t.Errorf("reported %+v, told %+v", g.Report(), c.last)
			}
		})
	}
}
