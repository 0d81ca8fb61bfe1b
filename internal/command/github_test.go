package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// What fails is an annotation at its line, on GitHub alone; what an annotation would end
// at is escaped.
func TestAnnotations(t *testing.T) {
	top := t.TempDir()
	t.Chdir(top)
	for name, c := range map[string]struct {
		actions, workspace, file string
		set                      string
		shipped                  bool
		want                     string
	}{
		"elsewhere":       {"", "", "a.yaml", "", false, ""},
		"in the top":      {"true", top, "a.yaml", "", false, "::error file=a.yaml,line=7,title=first::expected 5%25 %0Aof it, but why\n"},
		"below":           {"true", filepath.Dir(top), "a,b.yaml", "", false, "::error file=" + filepath.Base(top) + "/a%2Cb.yaml,line=7,title=first::expected 5%25 %0Aof it, but why\n"},
		"catalogue":       {"true", top, "", "", true, "::error title=first::expected 5%25 %0Aof it, but why\n"},
		"an override":     {"true", top, "a.yaml", "--set expect.0", false, "::error title=first::expected 5%25 %0Aof it, but why\n"},
		"not of the tree": {"true", filepath.Join(top, "other"), "a.yaml", "", false, "::error file=a.yaml,line=7,title=first::expected 5%25 %0Aof it, but why\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GITHUB_ACTIONS", c.actions)
			t.Setenv("GITHUB_WORKSPACE", c.workspace)
			sc := made(t, "first", "rings")
			sc.File, sc.Shipped = c.file, c.shipped
			file := &metrics.File{Expectations: []metrics.Expectation{{Text: "5% \nof it", Line: 7, Set: c.set, Reason: "why"}, {Text: "that", Holds: true}}}
			var out bytes.Buffer
			if n := Failures(&out, sc, file); n != 1 {
				t.Errorf("%d failures", n)
			}
			_, got, _ := strings.Cut(out.String(), "but why\n")
			if got != c.want {
				t.Errorf("annotated %q, want %q", got, c.want)
			}
		})
	}
}

// The page of a run has the summaries one after another, and no more than GitHub shows.
func TestStepSummary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	t.Setenv("GITHUB_STEP_SUMMARY", path)
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	v := view.New(result(made(t, "first", "rings")), figures.All())
	add := func() {
		if err := addScenario(Delivery{Out: "out"}, v); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GITHUB_ACTIONS", "")
	if add(); size() != 0 {
		t.Error("there is a summary elsewhere")
	}
	t.Setenv("GITHUB_ACTIONS", "true")
	add()
	one := size()
	if add(); one == 0 || size() != 2*one {
		t.Errorf("%d bytes, then %d", one, size())
	}
	if err := os.Truncate(path, mostSummary-one+1); err != nil {
		t.Fatal(err)
	}
	if add(); size() != mostSummary-one+1 {
		t.Errorf("%d bytes of at most %d", size(), mostSummary)
	}
}

// What is of no line of a file is an annotation too, with the level it is given.
func TestAnnotate(t *testing.T) {
	var out bytes.Buffer
	t.Setenv("GITHUB_ACTIONS", "")
	Annotate(&out, AnError, "a", "b")
	t.Setenv("GITHUB_ACTIONS", "true")
	Annotate(&out, ANotice, "a,b", "50%\nof it")
	if got, want := out.String(), "::notice title=a%2Cb::50%25%0Aof it\n"; got != want {
		t.Errorf("annotated %q, want %q", got, want)
	}
}

// A page that has no folder beside it links none of its files, and says where they are.
func TestSummaryLinksNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", path)
	v := view.New(result(made(t, "first", "rings")), figures.All())
	if err := addScenario(Delivery{Out: "new out", Suffix: "-real"}, v); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "](") {
		t.Errorf("links to what is not there: %s", text)
	}
	if want := "The report with its pictures is `new out/first-real/index.html`"; !strings.Contains(string(text), want) {
		t.Errorf("does not say %q: %s", want, text)
	}
}
