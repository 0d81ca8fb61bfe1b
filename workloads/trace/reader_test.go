package trace

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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

// readAll reads a trace and returns its requests, as "seconds key size", and what
// ended it if that is not the end.
func readAll(t testing.TB, c Config) (list []string, stats Stats, err error) {
	t.Helper()
	r := NewReader(c)
	defer r.Close()
	for {
		var req *Request
		if req, err = r.Next(); err != nil {
			break
		}
		list = append(list, fmt.Sprintf("%g %s %d", float64(req.At)/1e9, req.Key, req.Size))
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return list, r.Stats(), err
}

const logText = `h - - [17/May/2015:10:00:02 +0000] "GET /slow HTTP/1.1" 200 10
h - - [17/May/2015:10:00:00 +0000] "GET /a HTTP/1.1" 200 20

h - - [17/May/2015:10:00:02 +0000] "POST /b HTTP/1.1" 200 -
what is this
h - - [17/May/2015:10:00:04 +0000] "HEAD /c?d=e HTTP/1.1" 304 0
`

func TestErrors(t *testing.T) {
	good := strings.Repeat("1,a,1\n", 200)
	packed := gzipped(t, []byte(logText))
	dir := t.TempDir()
	for _, c := range []struct {
		name  string
		text  []byte
		trace Config
		want  string // FILE stands for the path
		n     int    // requests before the error
	}{
		{"missing", nil, Config{File: filepath.Join(dir, "no.log")}, "trace FILE: there is no such file", 0},
		{"directory", nil, Config{File: dir}, "trace FILE: this is a directory: name a file in it", 0},
		{"empty", []byte(""), Config{}, "FILE:1:1: there is no request in it", 0},
		{"blank lines", []byte("\n\n \n"), Config{Format: "log"}, "FILE:4:1: there is no request in it", 0},
		{"neither", []byte("<xml>\n</xml>\n"), Config{}, "FILE:1:1: neither an access log nor a table of time,key,size: if it is one with bad lines at its beginning, write format: log or format: csv", 0},
		{"header alone", []byte("time,key\n"), Config{}, "FILE:2:1: there is no request in it", 0},
		{"bad lines, short", []byte("1,a,1\n2,b\n\n3,,\n"), Config{MaxBad: 0.3}, "FILE:4:3: the key is empty; 1 of 3 lines cannot be read, and max_bad allows 30%", 0},
		{"bad lines, long", []byte(good + "x,a,1\n" + strings.Repeat("2,a,1\nx\n", 100)), Config{MaxBad: 0.05},
			"FILE:201:1: the time is neither seconds, such as 12.5, nor as in RFC 3339, such as 2015-05-17T10:05:03Z; 12 of 223 lines cannot be read, and max_bad allows 5%", 0},
		{"bad lines after a minute", []byte(good + "90,a,1\n" + strings.Repeat("x\n", 100)), Config{MaxBad: 0.001}, "FILE:202:1: a line is time,key,size or time,key; a key with commas stands in quotes; 1 of 202 lines cannot be read, and max_bad allows 0.1%", 200},
		{"torn gzip", packed[:len(packed)-20], Config{Format: "log"}, "the gzip data ends in the middle: the file is torn, copy it again", 0},
		{"torn gzip, no format", packed[:len(packed)-5], Config{}, "FILE:7:1: the gzip data ends in the middle: the file is torn, copy it again", 0},
		{"torn gzip header", packed[:5], Config{}, "trace FILE: the gzip data is damaged: unexpected EOF", 0},
		{"damaged gzip", append(slices.Clone(packed[:len(packed)-6]), 1, 2, 3, 4, 5, 6), Config{}, "FILE:7:1: the file cannot be read on: gzip: invalid checksum", 0},
		{"long line", append([]byte("1,a,1\n"), bytes.Repeat([]byte("x"), maxLine+1)...), Config{}, "FILE:2:1: the line is longer than 1 MiB: this is hardly a trace", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.trace.File == "" {
				c.trace.File = traceFile(t, "trace", c.text)
			}
			list, _, err := readAll(t, c.trace)
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
	got, _, err := readAll(t, Config{File: file, Format: "csv"})
	if want := []string{"1 " + key + " 1", "2 b 2"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%d requests, error %v", len(got), err)
	}
}

func TestBadLinesAreKeptUpToFive(t *testing.T) {
	file := traceFile(t, "t.csv", []byte("1,a,1\n"+strings.Repeat("x\n", 20)))
	_, stats, err := readAll(t, Config{File: file, MaxBad: 1})
	if err != nil || stats.Bad != 20 || len(stats.FirstBad) != 5 || stats.FirstBad[4].Line != 6 {
		t.Errorf("%+v, error %v", stats, err)
	}
}

// The file is opened when it is needed, and closed at the end or by Close.
func TestFileIsOpenedLazily(t *testing.T) {
	if err := NewReader(Config{File: "there/is/none"}).Close(); err != nil {
		t.Errorf("a file that was never opened: %v", err)
	}
	file := traceFile(t, "t.csv", []byte("1,a,1\n2,a,1\n"))
	for _, requests := range []int{1, 3} { // the third is the end
		r := NewReader(Config{File: file})
		for range requests {
			r.Next()
		}
		if open := r.file != nil; open != (requests == 1) {
			t.Errorf("after %d requests the file is open: %v", requests, open)
		}
		if err := r.Close(); err != nil || r.file != nil {
			t.Errorf("after Close the file is %v, error %v", r.file, err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("a second Close: %v", err)
		}
	}
}

// Memory is that of a minute, however long the trace is.
func TestReaderHoldsAMinute(t *testing.T) {
	var b bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d,key%d,1\n", i/2, i)
	}
	r := NewReader(Config{File: traceFile(t, "t.csv", b.Bytes())})
	defer r.Close()
	n, most := 0, 0
	for {
		if _, err := r.Next(); err != nil {
			break
		}
		most = max(most, r.order.held)
		n++
	}
	if n != 20_000 || most > 2*(lookahead+1) {
		t.Errorf("%d requests, up to %d of them held", n, most)
	}
}
