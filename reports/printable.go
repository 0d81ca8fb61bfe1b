package reports

import (
	"bytes"
	"io"

	"github.com/herdlab/herdlab/internal/humanize"
)

// printable has only printable characters pass, line breaks and tabs aside: a name with
// an escape sequence in it is to show, and neither to move a reader's cursor nor to make
// a file binary.
type printable struct{ to io.Writer }

// Write writes p. What it is given must not end within a character, as no text of a
// template does.
func (w printable) Write(p []byte) (int, error) {
	clean := bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return humanize.Printable(r)
	}, bytes.ToValidUTF8(p, []byte("?")))
	if _, err := w.to.Write(clean); err != nil {
		return 0, err
	}
	return len(p), nil
}
