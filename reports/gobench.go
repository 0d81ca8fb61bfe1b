package reports

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// GoBench writes the runs in the format of Go benchmarks, a line per run, so
// that benchstat compares files and benchfilter and benchplot read them
// (https://go.dev/design/14313-benchmark-format). Seeds of one strategy are
// lines of one name. A figure that a run does not have is left out.
func GoBench(w io.Writer, v *view.View) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "pkg: herdlab\nclock: %s\n", v.Clock)
	for _, run := range v.Runs {
		name := "BenchmarkLab/scenario=" + benchWord(v.Scenario) + "/strategy=" + benchWord(run.Strategy)
		if procsSuffix.MatchString(name) {
			name += "-1" // or the reader takes the -8 of "swr-8" for GOMAXPROCS
		}
		fmt.Fprintf(out, "%s 1", name)
		for _, m := range benchFigures(v, run) {
			if !math.IsNaN(m.value) {
				fmt.Fprintf(out, " %s %s", strconv.FormatFloat(m.value, 'f', -1, 64), m.unit)
			}
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}

var procsSuffix = regexp.MustCompile(`-[0-9]+$`)

type benchFigure struct {
	value float64
	unit  string
}

func benchFigures(v *view.View, run *metrics.Run) []benchFigure {
	list := []benchFigure{
		{float64(run.Requests), "requests"}, {float64(run.Computes), "computes"},
		{float64(run.DuplicateComputes), "duplicate-computes"}, {float64(run.HerdPeak), "herd-peak"},
		{view.HitRatio(run), "hit-ratio"}, {float64(run.Failures), "failures"},
	}
	if l := run.LatencyMS; l != nil {
		list = append(list, benchFigure{l.Mean, "mean-ms"}, benchFigure{l.P50, "p50-ms"}, benchFigure{l.P99, "p99-ms"}, benchFigure{l.Max, "max-ms"})
	}
	if names := v.Bystanders; len(names) > 0 {
		list = append(list, benchFigure{view.BystanderP99(names)(run), "bystander-p99-ms"})
	}
	return list
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
