package trace

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
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

// readAll reads a trace and returns its requests, as "seconds key size", a write with a
// w, and what was found in it.
func readAll(t testing.TB, c Config) (list []string, stats Stats, err error) {
	t.Helper()
	recording, err := Open(c)
	if err != nil {
		return nil, Stats{}, err
	}
	defer recording.Close()
	r := recording.Reader()
	for {
		req, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list, recording.Stats(), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%g %s %d", float64(req.At)/1e9, req.Key, req.Size)
		if req.Write {
			text += " w"
		}
		list = append(list, text)
	}
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
	}{
		{"missing", nil, Config{Files: []string{filepath.Join(dir, "no.log")}}, "trace FILE: there is no such file"},
		{"nothing matches", nil, Config{Files: []string{filepath.Join(dir, "*.log")}}, "trace FILE: no file matches this pattern"},
		{"directory", nil, Config{Files: []string{dir}}, "trace FILE: this is a directory: name files in it, such as FILE/*.log"},
		{"empty", []byte(""), Config{}, "FILE:1:1: there is no request in it"},
		{"blank lines", []byte("\n\n \n"), Config{Format: "log"}, "FILE:4:1: there is no request in it"},
		{"neither", []byte("<xml>\n</xml>\n"), Config{}, "FILE:1:1: this is no trace that is known: it seems to be XML or HTML"},
		{"header alone", []byte("time,key\n"), Config{}, "FILE:2:1: there is no request in it"},
		{"bad lines, short", []byte("1,a,1\n2,b\n\n3,,\n"), Config{MaxBad: 0.3}, "FILE:4:3: the key is empty; 1 of 3 lines cannot be read, and max_bad allows 30%"},
		{"bad lines, long", []byte(good + "x,a,1\n" + strings.Repeat("2,a,1\nx\n", 100)), Config{MaxBad: 0.05},
			"FILE:201:1: the time is neither seconds, such as 12.5, nor as in RFC 3339, such as 2015-05-17T10:05:03Z; 12 of 223 lines cannot be read, and max_bad allows 5%"},
		{"bad lines after a minute", []byte(good + "90,a,1\n" + strings.Repeat("x\n", 100)), Config{MaxBad: 0.001}, "FILE:202:1: a line is time,key,size or time,key; a key with commas stands in quotes; 1 of 202 lines cannot be read, and max_bad allows 0.1%"},
		{"an operation that is not known", []byte("time,key,op\n1,a,brew\n"), Config{}, "FILE:2:5: the operation is none that is known: name it in the trace's reads, writes or skip; 1 of 1 lines cannot be read, and max_bad allows 0%"},
		{"nothing but what is left out", []byte(`h - - [17/May/2015:10:00:02 +0000] "OPTIONS /a HTTP/1.1" 204 0`), Config{}, "FILE:1:1: there is no request in it but OPTIONS, which is left out: name it in the trace's reads or writes to replay it"},
		{"memcached -vv", []byte("<28 get page:/p/0\n> FOUND KEY page:/p/0\n"), Config{}, "it seems to be what memcached -vv prints, which has no times: watch fetchers mutations over its port has them"},
		{"ARC", []byte("0 1 0 0\n0 1 0 1\n"), Config{}, "it seems to be a trace of ARC (start, number of blocks), which has no times: make a table of time,key of it, with the time that a block takes"},
		{"kvcache", []byte("key,op,size,op_count,key_size\n1000,GET,0,1,20\n"), Config{}, "it seems to be a table without a time, as CacheLib's kvcache of 2022: add a column time"},
		{"a list of JSON", []byte("[{\"time\": 1, \"key\": \"a\"}]\n"), Config{}, "it seems to be a list of JSON: write an object a line, such as by jq -c '.[]'"},
		{"syslog", []byte("Nov 14 22:13:20 web app: started\n"), Config{}, "it seems to be of syslog, whose times have no year, and its lines no request that is known: log the requests by themselves"},
		{"binary", []byte("\x00\x01\x02\x00"), Config{}, "it seems to be binary, such as libCacheSim's oracleGeneral or a vscsi trace: write it as a table of time,key,size, which libCacheSim's tracePrint does"},
		{"prose", []byte("it was a dark night\n"), Config{}, "it is none of " + strings.Join(FormatNames(), ", ") + "; if it is one of them with bad lines at its beginning, name its format (format: log); else make a table of time,key,size of it"},
		{"torn zstd", zstdText(t, good)[:30], Config{Format: "csv"}, "the packed data ends in the middle: the file is torn, copy it again"},
		{"torn gzip", packed[:len(packed)-20], Config{Format: "log"}, "the packed data ends in the middle: the file is torn, copy it again"},
		{"torn gzip, no format", packed[:len(packed)-5], Config{}, "FILE:7:1: the packed data ends in the middle: the file is torn, copy it again"},
		{"torn gzip header", packed[:5], Config{}, "trace FILE: the gzip data is damaged: unexpected EOF"},
		{"damaged gzip", append(slices.Clone(packed[:len(packed)-6]), 1, 2, 3, 4, 5, 6), Config{}, "FILE:7:1: the packed data is damaged, copy it again: gzip: invalid checksum"},
		{"packed without end", gzipped(t, gzipped(t, gzipped(t, packed))), Config{}, "trace FILE: it is packed more than 3 times: unpack it first"},
		{"xz", []byte("\xfd7zXZ\x00..."), Config{}, "trace FILE: this is xz, which is not read as it is: xz -dc FILE | simulate run --trace -"},
		{"tar", append(make([]byte, 257), "ustar\x0000"...), Config{}, "trace FILE: this is tar, which is not read as it is: tar -xOf FILE | simulate run --trace -"},
		{"UTF-16", []byte("\xff\xfe1\x00,\x00"), Config{}, "trace FILE: this is UTF-16, which is not read as it is: iconv -f UTF-16 -t UTF-8 FILE | simulate run --trace -"},
		{"a long line", append([]byte("1,a,1\n"), bytes.Repeat([]byte("x"), maxLine+1)...), Config{}, "FILE:2:1: the line is longer than 1 MiB; 1 of 2 lines cannot be read, and max_bad allows 0%"},
		{"no zone", []byte(`h - - [17/May/2015:10:00:02] "GET /a HTTP/1.1" 200 1`), Config{Format: "log"}, "FILE:1:8: a time is written [17/May/2015:10:05:03 +0000], with the zone: without it, logs of two places cannot be told from one; 1 of 1 lines cannot be read, and max_bad allows 0%"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.trace.Files == nil {
				c.trace.Files = []string{traceFile(t, "trace", c.text)}
			}
			list, _, err := readAll(t, c.trace)
			want := strings.ReplaceAll(c.want, "FILE", c.trace.Files[0])
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("error %v\nwant  %s", err, want)
			}
			if len(list) != 0 {
				t.Errorf("%d requests beside the error", len(list))
			}
		})
	}
	file := traceFile(t, "t.csv", []byte("1,a,1\n"))
	if _, err := Open(Config{Files: []string{file, file}}); err == nil || !strings.Contains(err.Error(), "named twice") {
		t.Errorf("a file that is named twice: %v", err)
	}
	if _, err := Open(Config{Files: []string{file}, Stop: func() bool { return true }}); !errors.Is(err, ErrStopped) {
		t.Errorf("stopped: %v", err)
	}
}

// A file may be packed in several ways, and twice, and in pieces; have the line ends and
// the mark of Windows; and hold a line that is no line.
func TestHowFilesAreWritten(t *testing.T) {
	const text = "time,key,size\n1,a,1\n2,b,2\n"
	long := strings.Repeat("k", maxLine-100)
	want := []string{"1 a 1", "2 b 2"}
	for _, c := range []struct {
		name string
		text []byte
		want []string
	}{
		{"plain", []byte(text), want},
		{"no end of the last line", []byte(strings.TrimSuffix(text, "\n")), want},
		{"Windows", []byte("\xef\xbb\xbf" + strings.ReplaceAll(text, "\n", "\r\n")), want},
		{"gzip", gzipped(t, []byte(text)), want},
		{"gzip in pieces", append(gzipped(t, []byte(text[:20])), gzipped(t, []byte(text[20:]))...), want},
		{"gzip twice", gzipped(t, gzipped(t, []byte(text))), want},
		{"bzip2", bzip2Text(t), want},
		{"zstd", zstdText(t, text), want},
		{"zstd in gzip", gzipped(t, zstdText(t, text)), want},
		{"a long key", []byte("1," + long + ",1\n2,b,2\n"), []string{"1 " + long + " 1", "2 b 2"}},
		{"a line that is too long", []byte("1,a,1\n" + strings.Repeat("x", 2*maxLine) + "\n2,b,2\n"), want},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := readAll(t, Config{Files: []string{traceFile(t, "t", c.text)}, MaxBad: 0.5})
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%.60v, error %v", got, err)
			}
		})
	}
}

// zstdText packs a text.
func zstdText(t *testing.T, text string) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll([]byte(text), nil)
}

// bzip2Text is the table of the test above, packed by bzip2.
func bzip2Text(t *testing.T) []byte {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWVhps7EAAAvZgAAQAAQwADIqDDAgACKep6GoaeoQAAKMTRMeSAGHdtywuH4u5IpwoSCw02di")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The size of a page is what a whole answer has of it: as the last one said, and before
// the first as that one will say.
func TestSizesOfPages(t *testing.T) {
	log := ""
	for i, line := range []string{"GET /a=304 0", "HEAD /a=200 0", "GET /a=200 100", "GET /a=206 7", "GET /a=502 150", "POST /a=200 3", "GET /a=200 200", "GET /a=304 0", "GET /none=404 9", "GET /none=304 0", "HEAD /probed=200 0"} {
		request, answer, _ := strings.Cut(line, "=")
		log += fmt.Sprintf("h - - [17/May/2015:10:00:%02d +0000] \"%s HTTP/1.1\" %s\n", i, request, answer)
	}
	list, stats, err := readAll(t, Config{Files: []string{traceFile(t, "a.log", []byte(log))}})
	var got []string
	for _, request := range list {
		_, page, _ := strings.Cut(request, " ")
		got = append(got, page)
	}
	mean := "54" // of 100 and 9
	want := []string{"/a 100", "/a 100", "/a 100", "/a 100", "/a 100", "/a 100 w", "/a 200", "/a 200", "/none 9", "/none 9", "/probed " + mean}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\nwant %v; error %v", got, want, err)
	}
	if stats.Keys != 3 || stats.Unsized != 1 || stats.UsualSize != 54 {
		t.Errorf("%+v", stats)
	}
	list, stats, err = readAll(t, Config{Files: []string{traceFile(t, "t.csv", []byte("1,a\n"))}})
	if err != nil || !slices.Equal(list, []string{"1 a 1000"}) || stats.Unsized != 1 {
		t.Errorf("a table without sizes: %v, %+v, %v", list, stats, err)
	}
}

// Files are one trace, whatever order they and their lines are in, and whatever their
// zones and kinds are.
func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	line := func(when, page string) string {
		return fmt.Sprintf("h - - [17/May/2015:%s] \"GET %s HTTP/1.1\" 200 1\n", when, page)
	}
	for name, text := range map[string]string{
		"b.log": line("10:00:02 +0000", "/3") + line("12:30:00 +0000", "/6"), "a.log": line("12:00:01 +0200", "/2") + line("06:00:05 -0400", "/5"),
		"c.csv": "2015-05-17T10:00:00Z,/1\n2015-05-17T10:00:03.5Z,/4\n", "empty.log": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list, stats, err := readAll(t, Config{Files: []string{filepath.Join(dir, "*.log"), filepath.Join(dir, "c.csv")}})
	if err != nil {
		t.Fatal(err)
	}
	pages := ""
	for _, request := range list {
		pages += strings.Fields(request)[1]
	}
	if pages != "/1/2/3/4/5/6" {
		t.Errorf("replayed: %s", pages)
	}
	if len(stats.Files) != 4 || stats.Files[2].Lines != 0 || stats.Gap != 2*time.Hour+29*time.Minute+55*time.Second || stats.GapFile != filepath.Join(dir, "b.log") || stats.GapLine != 2 {
		t.Errorf("%+v", stats)
	}
	both := traceFile(t, "both.log", []byte(line("12:00:00 +0000", "/2")+line("12:30:00 +0000", "/3")+line("11:00:00 +0000", "/1")+line("12:31:00 +0000", "/4")))
	list, stats, err = readAll(t, Config{Files: []string{both}})
	if first := stats.Files[0]; err != nil || !strings.Contains(list[0], "/1") || first.Back != 1 || first.BackLine != 3 || stats.Gap != time.Hour {
		t.Errorf("%v, %+v, %v", list, stats, err)
	}
}

func TestChosenMethods(t *testing.T) {
	const text = "time,key,op\n1,a,get\n2,a,set\n3,b,brew\n4,c?x,delete\n"
	file := traceFile(t, "t.csv", []byte(text))
	for _, c := range []struct {
		config Config
		want   []string
	}{
		{Config{Methods: map[string]Op{"BREW": Read}}, []string{"1 a 1000", "2 a 1000 w", "3 b 1000", "4 c?x 1000 w"}},
		{Config{Methods: map[string]Op{"BREW": Skip, "SET": Skip}, DropQuery: true}, []string{"1 a 1000", "4 c 1000 w"}},
		{Config{Methods: map[string]Op{"BREW": Write}, Only: []string{"BREW", "GET"}}, []string{"1 a 1000", "3 b 1000 w"}},
	} {
		c.config.Files = []string{file}
		if got, stats, err := readAll(t, c.config); err != nil || !slices.Equal(got, c.want) || stats.First.Unix() != 1 || stats.Last.Unix() != 4 {
			t.Errorf("%v\nwant %v; %+v; error %v", got, c.want, stats, err)
		}
	}
	urls := traceFile(t, "u.csv", []byte("1,/a?fbclid=1\n2,/a?x=1&utm_source=b&y\n3,/a?utm_x&fbclidx=2\n4,?fbclid=1\n"))
	want := []string{"1 /a 1000", "2 /a?x=1&y 1000", "3 /a?fbclidx=2 1000", "4 ?fbclid=1 1000"}
	if got, _, err := readAll(t, Config{Files: []string{urls}, Ignore: []string{"fbclid", "utm_*"}}); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, want %v; %v", got, want, err)
	}
	if _, stats, err := readAll(t, Config{Files: []string{urls}}); err != nil || stats.Tracked != 4 || !slices.Equal(stats.Tracking, []Count{{"fbclid", 2}, {"utm_source", 1}, {"utm_x", 1}}) {
		t.Errorf("%+v, %v", stats, err)
	}
	_, stats, err := readAll(t, Config{Files: []string{file}, Methods: map[string]Op{"BREW": Read}})
	if err != nil || stats.Writes != 2 || stats.Unread != 1 || len(stats.Methods) != 4 {
		t.Errorf("%+v, %v", stats, err)
	}
}

func TestBadLinesAreKeptUpToFive(t *testing.T) {
	file := traceFile(t, "t.csv", []byte("1,a,1\n"+strings.Repeat("x\n", 20)))
	_, stats, err := readAll(t, Config{Files: []string{file}, MaxBad: 1})
	if first := stats.Files[0]; err != nil || first.Bad != 20 || len(first.FirstBad) != 5 || first.FirstBad[4].Line != 6 {
		t.Errorf("%+v, error %v", stats, err)
	}
}

// A recording takes memory for its keys, and eight bytes or so for a request.
func TestRequestsAreKeptSmall(t *testing.T) {
	var b bytes.Buffer
	for i := range 200_000 {
		fmt.Fprintf(&b, "%d.%03d,key%d,%d\n", 1_700_000_000+i/50, i*7%1000, i%5000, 100+i%5000)
	}
	r, err := Open(Config{Files: []string{traceFile(t, "t.csv", b.Bytes())}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if per := float64(r.spool.size) / 200_000; per > 10 {
		t.Errorf("a request takes %.1f bytes", per)
	}
}

func BenchmarkOpen(b *testing.B) {
	var text bytes.Buffer
	const requests = 200_000
	for i := range requests {
		at := time.Unix(1_700_000_000+int64(i)/50, 0).UTC().Format("02/Jan/2006:15:04:05 -0700")
		fmt.Fprintf(&text, "10.0.%d.%d - - [%s] \"GET /page/%d?q=%d HTTP/1.1\" 200 %d \"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"\n", i%200, i%251, at, i*i%5003, i%3, 100+i%5003)
	}
	file := traceFile(b, "a.log", text.Bytes())
	for b.Loop() {
		r, err := Open(Config{Files: []string{file}})
		if err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
	b.ReportMetric(requests*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
