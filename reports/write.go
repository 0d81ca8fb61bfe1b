// Package reports turns the results of a run into what people and other
// programs read: a terminal table, a web page, charts, Markdown for a pull
// request, JUnit XML for a CI server, CSV, and the format of Go benchmarks for
// benchstat. It reads results and computes nothing that is not in them.
//
// [Write] makes the whole report; each format is also a function of its own.
//
// # Several seeds
//
// Where a file holds several seeds of a strategy, a figure is the median over
// the seeds. From six seeds on it comes with a confidence interval of that
// median, of 95 % or more; with two to five seeds no such interval exists, and the
// lowest and the highest value are shown as a range. See Estimate in internal/view.
package reports

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/herdlab/herdlab/internal/folder"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

// output is one file of a report.
type output struct {
	name  string // below the directory, with slashes
	write func(io.Writer) error
}

// Write writes the whole report of a file into dir, which it makes if need be:
// results.json, timeseries.csv, summary.md, junit.xml, index.html and the charts
// as plots/*.svg, and as plots/*.png too if asked for, which takes most of the time and the
// room of a report.
//
// The report is written beside dir and takes its place as a whole: whoever looks finds
// the old report or the new one, also after an error, or if two write at once. Files
// in dir that are of no report are kept.
func Write(dir string, v *view.View, o Options) error { return writeAll(dir, v, charts.New(v), o) }

// Options are what a report has on request.
type Options struct {
	PNG bool // the charts as images too, for where an SVG cannot be shown
}

// writeAll writes the report with some of its pictures, for tests that need not wait
// for all.
func writeAll(dir string, v *view.View, pictures []charts.Chart, o Options) error {
	next, err := folder.Begin(dir, Owns)
	if err != nil {
		return fmt.Errorf("make the folder of the report: %w", err)
	}
	defer next.Drop()
	if err := os.Mkdir(filepath.Join(next.Dir, "plots"), 0o777); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	// They have their own names from the start, in a folder that nobody looks into before
	// they are whole: what a writer that is killed leaves there is known to be a report's.
	if err := writeFiles(next.Dir, outputs(v, pictures, o), writeNew); err != nil {
		return fmt.Errorf("write the report %s: %w", dir, err)
	}
	if err := next.Swap(); err != nil {
		return fmt.Errorf("put the report in its place: %w", err)
	}
	return nil
}

// causeOf is an error without the path of a file that is gone when it is read.
func causeOf(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// Owns reports whether a file in a report's folder, by its path with slashes, is one
// that [Write] makes: the next report replaces or removes it.
func Owns(name string) bool {
	if chart, ok := strings.CutPrefix(name, "plots/"); ok {
		ending := path.Ext(chart)
		return (ending == ".svg" || ending == ".png") && slices.Contains(charts.Names(), strings.TrimSuffix(chart, ending))
	}
	return name == "plots" || slices.ContainsFunc(outputs(nil, nil, Options{}), func(o output) bool { return o.name == name })
}

func outputs(v *view.View, pictures []charts.Chart, o Options) []output {
	of := func(write func(io.Writer, *view.View) error) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, v) }
	}
	list := []output{
		{"results.json", func(w io.Writer) error { return JSON(w, v.File) }}, {"timeseries.csv", of(CSV)}, {"summary.md", of(Markdown)}, {"junit.xml", of(JUnit)},
		{"index.html", func(w io.Writer) error { return HTML(w, v, pictures) }},
	}
	for _, c := range pictures {
		list = append(list, output{"plots/" + c.Name + ".svg", c.SVG})
		if o.PNG {
			list = append(list, output{"plots/" + c.Name + ".png", c.PNG})
		}
	}
	return list
}

// writeFiles writes the files, as many at once as there are processors: each is drawn
// from the same view, which nobody changes. Of several errors it returns that of the
// first file. Write makes one of them.
func writeFiles(dir string, list []output, write func(path string, of func(io.Writer) error) error) error {
	errs := make([]error, len(list))
	var next atomic.Int64
	var writers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		writers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(list)); i = next.Add(1) - 1 {
				if err := write(filepath.Join(dir, filepath.FromSlash(list[i].name)), list[i].write); err != nil {
					errs[i] = fmt.Errorf("%s: %w", list[i].name, causeOf(err))
				}
			}
		})
	}
	writers.Wait()
	return cmp.Or(errs...)
}

// writeWhole makes the file at path of what write writes, or leaves what was
// there.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if err := file.Chmod(0o644); err != nil { // from 0600, which keeps others and web servers out
		return err
	}
	if err := fillFile(file, write); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// writeNew makes the file at path, which is not there, of what write writes.
func writeNew(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	return fillFile(file, write)
}

// fillFile fills a file with what write writes, and closes it.
func fillFile(file *os.File, write func(io.Writer) error) error {
	buffer := bufio.NewWriter(file)
	if err := write(buffer); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	return file.Close()
}
