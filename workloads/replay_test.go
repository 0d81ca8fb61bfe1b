package workloads

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// traceFile writes a file to replay.
func traceFile(t testing.TB, name string, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func gzipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// replayed runs a class that replays text and returns its requests, as
// "at key op size".
func replayed(t testing.TB, duration time.Duration, c Class) (list []string, stats TraceStats, err error) {
	t.Helper()
	c.Class = "site"
	w, err := New(1, duration, []Class{c})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for r := range w.All() {
		list = append(list, fmt.Sprintf("%v %s %v %d", r.At, r.Key, r.Op, r.Size))
	}
	all := w.TraceStats()
	if len(all) != 1 {
		t.Fatalf("%d traces", len(all))
	}
	return list, all[0], w.Err()
}

const logText = `h - - [17/May/2015:10:00:02 +0000] "GET /slow HTTP/1.1" 200 10
h - - [17/May/2015:10:00:00 +0000] "GET /a HTTP/1.1" 200 20

h - - [17/May/2015:10:00:02 +0000] "POST /b HTTP/1.1" 200 -
what is this
h - - [17/May/2015:10:00:04 +0000] "HEAD /c?d=e HTTP/1.1" 304 0
`

func TestReplayOfALog(t *testing.T) {
	want := []string{"0s /a read 20", "2s /slow read 10", "2.5s /b write 0", "4s /c?d=e read 0"}
	unix := []byte(logText)
	for name, text := range map[string][]byte{
		"plain": unix, "gzip": gzipped(t, unix), "dos": bytes.ReplaceAll(unix, []byte("\n"), []byte("\r\n")),
		"no newline at the end": bytes.TrimSuffix(unix, []byte("\n")), "byte order mark": append([]byte("\xef\xbb\xbf"), unix...),
		"two gzip members": append(gzipped(t, unix[:100]), gzipped(t, unix[100:])...),
	} {
		t.Run(name, func(t *testing.T) {
			file := traceFile(t, "access.log", text)
			got, stats, err := replayed(t, time.Minute, Class{Trace: &Trace{File: file, MaxBad: 0.25}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			first := time.Date(2015, 5, 17, 10, 0, 0, 0, time.UTC)
			if diff := cmp.Diff(TraceStats{
				Class: "site", File: file, Lines: 5, Bad: 1, OutOfOrder: 1, First: first, Last: first.Add(4 * time.Second),
				FirstBad: []BadLine{{5, 5, "no [time] after the client"}},
			}, stats); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReplayOfATable(t *testing.T) {
	const rows = "100.5,/a,10\n101,/b,20\n103,\"/c,d\",30\n"
	for _, c := range []struct {
		name, text string
		class      Class
		trace      Trace
		want       []string
	}{
		{"without a header", rows, Class{}, Trace{}, []string{"0s /a read 10", "500ms /b read 20", "2.5s /c,d read 30"}},
		{"with a header", "time,key,size\n" + rows, Class{}, Trace{}, []string{"0s /a read 10", "500ms /b read 20", "2.5s /c,d read 30"}},
		{"named", "\n\ntime,key,size\n" + rows, Class{}, Trace{Format: "csv"}, []string{"0s /a read 10", "500ms /b read 20", "2.5s /c,d read 30"}},
		{"fast", rows, Class{}, Trace{Speed: 2}, []string{"0s /a read 10", "250ms /b read 20", "1.25s /c,d read 30"}},
		{"slow and cut", rows, Class{}, Trace{Speed: 0.1}, []string{"0s /a read 10", "5s /b read 20"}},
		{"later", rows, Class{From: 2 * time.Second, Until: 4500 * time.Millisecond}, Trace{}, []string{"2s /a read 10", "2.5s /b read 20"}},
		{"sizes of its own", rows, Class{Size: &Size{Fixed: 7}}, Trace{}, []string{"0s /a read 7", "500ms /b read 7", "2.5s /c,d read 7"}},
		{"whole seconds", "1,a,1\n1,b,1\n2,c,1\n", Class{}, Trace{}, []string{"0s a read 1", "500ms b read 1", "1s c read 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.trace.File = traceFile(t, "t.csv", []byte(c.text))
			c.class.Trace = &c.trace
			got, stats, err := replayed(t, 20*time.Second, c.class)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if stats.Lines != 3 || stats.Bad != 0 {
				t.Errorf("%d lines, %d of them bad", stats.Lines, stats.Bad)
			}
		})
	}
}

func TestReplayBesideOtherClasses(t *testing.T) {
	file := traceFile(t, "t.csv", []byte("1,a,1\n2,b,1\n3,c,1\n"))
	w, err := New(1, 3*time.Second, []Class{
		{Class: "site", Trace: &Trace{File: file}},
		{Class: "tick", Rate: 1, Arrivals: "constant", Keys: &Keys{Count: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var got []string
	for r := range w.All() {
		got = append(got, r.Key)
	}
	if want := []string{"a", "tick:0", "b", "tick:0", "c", "tick:0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := slices.Collect(w.Keys(10)); !slices.Equal(got, []string{"tick:0"}) {
		t.Errorf("the keys for a warm-up are %v", got)
	}
}

func TestReplayErrors(t *testing.T) {
	good := strings.Repeat("1,a,1\n", 200)
	packed := gzipped(t, []byte(logText))
	dir := t.TempDir()
	for _, c := range []struct {
		name  string
		text  []byte
		trace Trace
		want  string // FILE stands for the path
		n     int    // requests before the error
	}{
		{"missing", nil, Trace{File: filepath.Join(dir, "no.log")}, "trace FILE: there is no such file", 0},
		{"directory", nil, Trace{File: dir}, "trace FILE: this is a directory: name a file in it", 0},
		{"empty", []byte(""), Trace{}, "FILE:1:1: there is no request in it", 0},
		{"blank lines", []byte("\n\n \n"), Trace{Format: "log"}, "FILE:4:1: there is no request in it", 0},
		{"neither", []byte("<xml>\n</xml>\n"), Trace{}, "FILE:1:1: neither an access log nor a table of time,key,size: if it is one with bad lines at its beginning, write format: log or format: csv", 0},
		{"header alone", []byte("time,key\n"), Trace{}, "FILE:2:1: there is no request in it", 0},
		{"bad lines, short", []byte("1,a,1\n2,b\n\n3,,\n"), Trace{MaxBad: 0.3}, "FILE:4:3: the key is empty; 1 of 3 lines cannot be read, and max_bad allows 30%", 0},
		{"bad lines, long", []byte(good + "x,a,1\n" + strings.Repeat("2,a,1\nx\n", 100)), Trace{MaxBad: 0.05},
			"FILE:201:1: the time is neither seconds, such as 12.5, nor as in RFC 3339, such as 2015-05-17T10:05:03Z; 12 of 223 lines cannot be read, and max_bad allows 5%", 0},
		{"bad lines after a minute", []byte(good + "90,a,1\n" + strings.Repeat("x\n", 100)), Trace{MaxBad: 0.001}, "FILE:202:1: a line is time,key,size or time,key; a key with commas stands in quotes; 1 of 202 lines cannot be read, and max_bad allows 0.1%", 200},
		{"torn gzip", packed[:len(packed)-20], Trace{Format: "log"}, "the gzip data ends in the middle: the file is torn, copy it again", 0},
		{"torn gzip, no format", packed[:len(packed)-5], Trace{}, "FILE:7:1: the gzip data ends in the middle: the file is torn, copy it again", 0},
		{"torn gzip header", packed[:5], Trace{}, "trace FILE: the gzip data is damaged: unexpected EOF", 0},
		{"damaged gzip", append(slices.Clone(packed[:len(packed)-6]), 1, 2, 3, 4, 5, 6), Trace{}, "FILE:7:1: the file cannot be read on: gzip: invalid checksum", 0},
		{"long line", append([]byte("1,a,1\n"), bytes.Repeat([]byte("x"), maxLine+1)...), Trace{}, "FILE:2:1: the line is longer than 1 MiB: this is hardly a trace", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.trace.File == "" {
				c.trace.File = traceFile(t, "trace", c.text)
			}
			list, _, err := replayed(t, time.Hour, Class{Trace: &c.trace})
			want := strings.ReplaceAll(c.want, "FILE", c.trace.File)
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("error %v\nwant  %s", err, want)
			}
			if len(list) != c.n {
				t.Errorf("%d requests before the error, want %d", len(list), c.n)
			}
		})
	}
}

func TestLongLinesWithinTheLimit(t *testing.T) {
	key := strings.Repeat("k", maxLine-100)
	file := traceFile(t, "t.csv", []byte("1,"+key+",1\n2,b,2\n"))
	got, _, err := replayed(t, time.Minute, Class{Trace: &Trace{File: file, Format: "csv"}})
	if want := []string{"0s " + key + " read 1", "1s b read 2"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%d requests, error %v", len(got), err)
	}
}

func TestBadLinesAreKeptUpToFive(t *testing.T) {
	file := traceFile(t, "t.csv", []byte("1,a,1\n"+strings.Repeat("x\n", 20)))
	_, stats, err := replayed(t, time.Minute, Class{Trace: &Trace{File: file, MaxBad: 1}})
	if err != nil || stats.Bad != 20 || len(stats.FirstBad) != 5 || stats.FirstBad[4].Line != 6 {
		t.Errorf("%+v, error %v", stats, err)
	}
}

// The file is opened when it is needed and closed when it is not.
func TestTraceIsOpenedLazily(t *testing.T) {
	w, err := New(1, time.Minute, []Class{{Class: "site", Trace: &Trace{File: "there/is/none"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || w.Err() != nil {
		t.Errorf("a trace that was never opened: %v, %v", err, w.Err())
	}
	file := traceFile(t, "t.csv", []byte("1,a,1\n2,a,1\n"))
	w, _ = New(1, time.Minute, []Class{{Class: "site", Trace: &Trace{File: file}}})
	var r Request
	w.Next(&r)
	open := w.feeds[0].(*replay)
	if open.file == nil {
		t.Error("the file is not open")
	}
	if err := w.Close(); err != nil || open.file != nil {
		t.Errorf("after Close the file is %v, error %v", open.file, err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

// Memory is that of a minute, however long the trace is.
func TestReplayHoldsAMinute(t *testing.T) {
	var b bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d,key%d,1\n", i/2, i)
	}
	file := traceFile(t, "t.csv", b.Bytes())
	w, err := New(1, 10*time.Hour, []Class{{Class: "site", Trace: &Trace{File: file}}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	n, most := 0, 0
	for range w.All() {
		most = max(most, w.feeds[0].(*replay).order.held)
		n++
	}
	if n != 20_000 || most > 2*(lookahead+1) {
		t.Errorf("%d requests, up to %d of them held", n, most)
	}
}
