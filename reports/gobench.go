package reports

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/view"
)

// GoBench writes the runs in the format of Go benchmarks, a line per run, so
// that benchstat compares files and benchfilter and benchplot read them
// (https://go.dev/design/14313-benchmark-format). Seeds of one strategy are
// lines of one name. A figure that a run does not have is left out. The command and the
// version are a comment: as keys they would make two versions tables of their own.
func GoBench(w io.Writer, v *view.View) error {
	out := bufio.NewWriter(w)
	list := v.Figures.Placed(func(f figures.Figure) int { return f.Bench })
	fmt.Fprintf(out, "pkg: herdlab\nclock: %s\n", v.Clock)
	fmt.Fprintf(out, "# %s, %v\n", strings.Join(strings.Fields(v.Command), " "), v.Tool)
	for _, run := range v.Runs {
		name := "BenchmarkLab/scenario=" + benchWord(v.Scenario) + "/strategy=" + benchWord(run.Strategy)
		if procsSuffix.MatchString(name) {
			name += "-1" // or the reader takes the -8 of "swr-8" for GOMAXPROCS
		}
		fmt.Fprintf(out, "%s 1", name)
		for _, f := range list {
			if value, ok := f.Of(run, &run.Figures); ok {
				fmt.Fprintf(out, " %s %s", strconv.FormatFloat(value, 'f', -1, 64), benchUnit(f))
			}
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}

var procsSuffix = regexp.MustCompile(`-[0-9]+$`)

// benchUnit names a figure as a unit of Go benchmarks: herd-peak, p99-ms.
func benchUnit(f figures.Figure) string {
	unit := strings.ReplaceAll(f.Name, "_", "-")
	if f.Unit == figures.Duration || f.Unit == figures.Latency {
		unit += "-ms"
	}
	return unit
}

// benchWord makes a name one word that cannot be taken for a part of the path.
func benchWord(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' || r == '=' {
			return '_'
		}
		return r
	}, s)
}
