package workloads

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/workloads/trace"
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
	want := []string{"0s /a read 20", "2s /slow read 10", "2.5s /b write 15", "4s /c?d=e read 15"}
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
			if diff := cmp.Diff(TraceStats{Class: "site", Stats: trace.Stats{
				Files: []trace.FileStats{{
					File: file, Format: trace.AccessLog, Lines: 5, Bad: 1, Ends: 7,
					FirstBad: []trace.BadLine{{Line: 5, Column: 5, Reason: "no [time] after the client"}},
				}},
				Requests: 4, Writes: 1, Unread: 1, Methods: []trace.Count{{Name: "GET", N: 2}, {Name: "HEAD", N: 1}, {Name: "POST", N: 1}},
				Keys: 4, Unsized: 1, UsualSize: 15, First: first, Last: first.Add(4 * time.Second),
			}}, stats); diff != "" {
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
			if stats.Requests != 3 || stats.Files[0].Bad != 0 || stats.Cut != int64(3-len(c.want)) {
				t.Errorf("%+v", stats)
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
	if got := namesOf(w.Items(10)); !slices.Equal(got, []string{"tick:0"}) {
		t.Errorf("the keys for a warm-up are %v", got)
	}
}

// An error ends the traffic of all classes and is told by Err; a file that is not
// read need not be there.
func TestTraceThatIsMissing(t *testing.T) {
	classes := []Class{
		{Class: "tick", Rate: 1, Arrivals: "constant"},
		{Class: "site", Trace: &Trace{File: filepath.Join(t.TempDir(), "none.log")}},
	}
	w, err := New(1, time.Minute, classes)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || w.Err() != nil {
		t.Errorf("a trace that was never opened: %v, %v", err, w.Err())
	}
	w, _ = New(1, time.Minute, classes)
	for r := range w.All() {
		t.Errorf("there is a request at %v", r.At)
	}
	if err := w.Err(); err == nil || !strings.HasSuffix(err.Error(), "none.log: there is no such file") {
		t.Errorf("error %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// A trace that becomes unreadable in the middle has no traffic at all: what comes before
// would look like a result.
func TestTraceThatIsTorn(t *testing.T) {
	text := gzipped(t, []byte(strings.Repeat("1,a,1\n", 10)+strings.Repeat("90,a,1\n", 10)))
	file := traceFile(t, "torn.csv.gz", text[:len(text)-4])
	list, _, err := replayed(t, time.Hour, Class{Trace: &Trace{File: file}})
	if len(list) != 0 || err == nil || !strings.Contains(err.Error(), "torn.csv.gz:21:1: the packed data ends in the middle") {
		t.Errorf("%d requests, error %v", len(list), err)
	}
}

// The words for the formats are those of the package that reads them.
func TestFormatWords(t *testing.T) {
	f, _ := reflect.TypeFor[Trace]().FieldByName("Format")
	if want := "auto," + strings.Join(trace.FormatNames(), ","); f.Tag.Get("enum") != want {
		t.Errorf("enum %q, want %q", f.Tag.Get("enum"), want)
	}
}

// Two classes share a log by its methods, and keep its times.
func TestClassesShareALog(t *testing.T) {
	file := traceFile(t, "t.csv", []byte("time,url,method\n1,/a,GET\n2,/q,POST\n3,/a,GET\n4,/a,PUT\n"))
	var read Recordings
	defer read.Close()
	classes := []Class{
		{Class: "pages", Trace: &Trace{File: file, Skip: []string{"post"}}},
		{Class: "queries", Cache: "none", Trace: &Trace{File: file, Only: []string{"POST"}, Reads: []string{"POST"}}},
	}
	want := []string{"0s /a read 0", "1s /q read 1", "2s /a read 0", "3s /a write 0"}
	for range 2 { // the second time from what was read
		w, err := read.New(1, time.Minute, classes)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for r := range w.All() {
			got = append(got, fmt.Sprintf("%v %s %v %d", r.At, r.Key, r.Op, r.Class))
		}
		if diff := cmp.Diff(want, got); diff != "" || w.Err() != nil {
			t.Errorf("%s %v", diff, w.Err())
		}
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		w.Close()
	}
	for _, c := range []Trace{{File: file, Reads: []string{"a"}, Skip: []string{"A"}}, {File: file, Query: "no"}, {File: file, Format: "xml"}} {
		if err := (Class{Class: "c", Trace: &c}).Validate(); err == nil {
			t.Errorf("%+v is valid", c)
		}
	}
}
