package scenarios

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
)

// A figure that is one entry more of the table can be expected, and is in the
// reference, with nothing else to be written anywhere.
func TestMadeUpFigure(t *testing.T) {
	table := append(figures.All(), figures.Figure{
		Name: "made_up", Unit: figures.Share, Scope: figures.Phase, Doc: "a figure that there is not",
	})
	names := &scope{
		strategies: map[string][]string{"naive": {"naive"}}, phases: map[string]string{"burst": "burst"},
		classes: map[string]string{"page": "page"}, figures: table,
	}
	for path, want := range map[string]string{
		"naive.made_up":              "",
		"burst.naive.made_up":        "",
		"naive.classes.page.made_up": "made_up is known of the whole run and its phases, not of a class",
		"naive.made_down":            `unknown figure "made_down"`,
		"naive.classes.page":         "a figure is missing",
	} {
		m, _, err := names.resolve(strings.Split(path, "."))
		switch {
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", path, err, want)
		case want == "" && (err != nil || m.figure.Name != "made_up"):
			t.Errorf("%s is the figure %q: %v", path, m.figure.Name, err)
		}
	}
	page, err := reference(table)
	if want := "| `made_up` | a figure that there is not | share | of a phase |"; !strings.Contains(string(page), want) {
		t.Errorf("the reference lacks %s: %v", want, err)
	}
}
