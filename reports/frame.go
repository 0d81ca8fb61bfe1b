package reports

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"strings"
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
