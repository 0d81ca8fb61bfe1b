package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
)

var (
	//go:embed assets/page.css
	pageStyle string

	//go:embed assets/theme.js
	themeScript string
)

// frame is what every page has: its style, its scripts, and the policy by which a
// browser runs those and nothing else.
type frame struct {
	Style   template.CSS
	Scripts []template.JS
	Policy  string
}

// newFrame is the frame of a page with some scripts.
func newFrame(style string, scripts ...string) frame {
	f := frame{Style: template.CSS(style)}
	var sources []string
	for _, s := range scripts {
		sum := sha256.Sum256([]byte(s))
		f.Scripts = append(f.Scripts, template.JS(s))
		sources = append(sources, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	// Pictures are files beside the page. Of a page on disk, 'self' is nothing.
	f.Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file:; style-src 'unsafe-inline'; script-src " + strings.Join(sources, " ")
	return f
}

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
