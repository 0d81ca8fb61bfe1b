package trace

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestAccessLog(t *testing.T) {
	const when = "[17/May/2015:10:05:03 +0000]"
	at := time.Date(2015, 5, 17, 10, 5, 3, 0, time.UTC)
	for _, c := range []struct {
		name, line string
		at         time.Time
		key        string
		write      bool
		size       int64
	}{
		{"common", `10.0.0.1 - - ` + when + ` "GET /a?b=1 HTTP/1.1" 200 203023`, at, "/a?b=1", false, 203023},
		{"combined", `10.0.0.1 - bob ` + when + ` "GET /a HTTP/1.1" 200 5 "http://x/" "Mozilla/5.0 (X11; \"q\")"`, at, "/a", false, 5},
		{"host in front", `example.org:80 10.0.0.1 - - ` + when + ` "GET /a HTTP/1.1" 200 5`, at, "example.org/a", false, 5},
		{"host in front, of one port alone", `example.org 2001:db8::1 - - ` + when + ` "GET /a HTTP/1.1" 200 5`, at, "example.org/a", false, 5},
		{"times in front", `0.029 HIT 10.0.0.0 - ` + when + ` "GET /a HTTP/1.1" 200 5`, at, "/a", false, 5},
		{"microseconds", `h - - [17/May/2015:10:05:03.250001 +0000] "GET /a HTTP/1.1" 200 5`, at.Add(250_001 * time.Microsecond), "/a", false, 5},
		{"IPv6", `2001:db8::1 - - ` + when + ` "GET /a HTTP/2.0" 200 5`, at, "/a", false, 5},
		{"IPv6 in brackets", `[2001:db8::1]:443 - - ` + when + ` "GET /a HTTP/2.0" 200 5`, at, "/a", false, 5},
		{"head", `h - - ` + when + ` "HEAD /a HTTP/1.1" 200 -`, at, "/a", false, 0},
		{"post", `h - - ` + when + ` "POST /a HTTP/1.1" 201 7`, at, "/a", true, 7},
		{"method with a dash", `h - - ` + when + ` "M-SEARCH * HTTP/1.1" 405 7`, at, "*", true, 7},
		{"no protocol", `h - - ` + when + ` "GET /a" 200 7`, at, "/a", false, 7},
		{"escaped quote", `h - - ` + when + ` "GET /a\"b HTTP/1.1" 200 7`, at, `/a\"b`, false, 7},
		{"escaped backslash", `h - - ` + when + ` "GET /a\\" 200 7`, at, `/a\\`, false, 7},
		{"blanks in the path", `h - - ` + when + ` "GET /a b c HTTP/1.1" 200 7`, at, "/a b c", false, 7},
		{"whole address", `h - - ` + when + ` "GET http://x/a HTTP/1.1" 200 7`, at, "http://x/a", false, 7},
		{"tabs", "h\t-\t-\t" + when + "\t\"GET\t/a\tHTTP/1.1\"\t200\t7", at, "/a", false, 7},
		{"user with a blank", `h - John Doe ` + when + ` "GET /a HTTP/1.1" 200 7`, at, "/a", false, 7},
		{"east", `h - - [17/May/2015:10:05:03 +0530] "GET /a HTTP/1.1" 200 7`, at.Add(-330 * time.Minute), "/a", false, 7},
		{"west", `h - - [17/May/2015:10:05:03 -0800] "GET /a HTTP/1.1" 200 7`, at.Add(8 * time.Hour), "/a", false, 7},
		{"leap day", `h - - [29/Feb/2016:00:00:00 +0000] "GET /a HTTP/1.1" 200 7`, time.Date(2016, 2, 29, 0, 0, 0, 0, time.UTC), "/a", false, 7},
		{"leap second", `h - - [31/Dec/2016:23:59:60 +0000] "GET /a HTTP/1.1" 200 7`, time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC), "/a", false, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, bad := new(accessLog).parse([]byte(c.line))
			if bad.reason != "" {
				t.Fatalf("column %d: %s", bad.column, bad.reason)
			}
			if e.at != c.at.UnixNano() || string(e.key) != c.key || (e.op == Write) != c.write || e.size != c.size {
				t.Errorf("%v %q %v %d", time.Unix(0, e.at).UTC(), e.key, e.op, e.size)
			}
		})
	}
}

func TestAccessLogFlaws(t *testing.T) {
	const before = `h - - [17/May/2015:10:05:03 +0000] `
	for _, c := range []struct {
		line, says string
		column     int
	}{
		{`garbage`, "client address", 1},
		{` h - - `, "client address", 1},
		{`h - - "GET /a HTTP/1.1" 200 7`, "no [time]", 2},
		{`h - - [17/May/2015]`, "a time is written", 8},
		{`h - - [17/May/2015:10:05:03] "GET /a HTTP/1.1" 200 7`, "with the zone", 8},
		{`h - - [17/May/2015:10:05:03 +0000 "GET /a HTTP/1.1" 200 7`, "a time is written", 7},
		{`h - - [17/May/2015:10:05 +0000] "GET /a HTTP/1.1" 200 7`, "a time is written", 8},
		{`h - - [17/Mai/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 7`, "month", 11},
		{`h - - [17/anF/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 7`, "month", 11},
		{`h - - [31/Feb/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 7`, "no such day", 8},
		{`h - - [00/Feb/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 7`, "no such day", 8},
		{`h - - [17/May/2015:24:05:03 +0000] "GET /a HTTP/1.1" 200 7`, "time of the day", 8},
		{`h - - [17/May/1915:10:05:03 +0000] "GET /a HTTP/1.1" 200 7`, "1970", 8},
		{`h - - [17/May/2915:10:05:03 +0000] "GET /a HTTP/1.1" 200 7`, "2262", 8},
		{before, "no request", 36},
		{before + `GET /a HTTP/1.1 200 7`, "no request", 36},
		{before + `"GET /a HTTP/1.1 200 7`, "do not close", 36},
		{before + `"GET /a\" 200 7`, "do not close", 36},
		{before + `"GET /a\`, "do not close", 36},
		{before + `"-" 408 -`, "no method and path", 37},
		{before + `"" 400 0`, "no method and path", 37},
		{before + `"\x16\x03\x01 x" 400 0`, "does not begin with a method", 37},
		{before + `"GeT /a" 400 0`, "does not begin with a method", 38},
		{before + `"GET HTTP/1.1" 400 0`, "no path", 40},
		{before + `"GET /a HTTP/1.1"`, "no status", 53},
		{before + `"GET /a HTTP/1.1" OK 5`, "no status", 54},
		{before + `"GET /a HTTP/1.1" 200`, "no size", 57},
		{before + `"GET /a HTTP/1.1" 200 5k`, "no size", 58},
		{before + `"GET /a HTTP/1.1" 200 99999999999999999999`, "no size", 58},
	} {
		_, bad := new(accessLog).parse([]byte(c.line))
		if bad.column != c.column || !strings.Contains(bad.reason, c.says) {
			t.Errorf("%s\ncolumn %d: %s, want column %d: ... %s", c.line, bad.column, bad.reason, c.column, c.says)
		}
	}
}

func TestAccessLogAllocatesNothing(t *testing.T) {
	line := []byte(`10.0.0.1 - bob [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 203023 "-" "-"`)
	log := new(accessLog)
	if n := testing.AllocsPerRun(100, func() { log.parse(line) }); n != 0 {
		t.Errorf("a line costs %v allocations", n)
	}
}

// sound checks what holds of every line that was parsed.
func sound(t *testing.T, line []byte, e entry, bad flaw) {
	t.Helper()
	switch {
	case bad.reason != "":
		if bad.column < 1 || bad.column > len(line)+1 {
			t.Errorf("column %d of %d bytes", bad.column, len(line))
		}
	case len(e.key) == 0:
		t.Error("a request without a key")
	case e.at < 0 || e.at/second > maxSeconds:
		t.Errorf("time %d", e.at)
	case e.size < 0:
		t.Errorf("size %d", e.size)
	}
}

func FuzzLog(f *testing.F) {
	for _, s := range []string{
		`10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 200 203023 "-" "-"`,
		`::1 - - [29/Feb/2016:23:59:60 -1130] "POST /\"a\\ b" 404 -`,
		"h\t-\t-\t[01/Jan/1970:00:00:00 +0000]\t\"HEAD\t/\"\t304\t0",
		`h - - [01/Jan/1970:00:00:00 +0001] "GET / HTTP/1.0" 200 1`,
		`h [ [17/May/2015:10:05:03 +0000] "-" 408 -`,
		``, ` `, `"`, `[`, `h [`, `h - - [17/May/2015:10:05:03 +0000] "`, `h - - [17/May/2015:10:05:03 +0000] "\`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\r\n") {
			return
		}
		kept := bytes.Clone(line)
		e, bad := new(accessLog).parse(line)
		sound(t, line, e, bad)
		if !bytes.Equal(kept, line) {
			t.Error("the parser changed the line")
		}
		if path := e.key[max(0, bytes.IndexByte(e.key, '/')):]; bad.reason == "" && !bytes.Contains(line, path) {
			t.Errorf("the key %q is not in the line", e.key)
		}
	})
}

// What an answer's size says of the page, by its status.
func TestSizeByStatus(t *testing.T) {
	for _, c := range []struct {
		request, answer string
		want            sized
	}{
		{"GET /a", "200 5", sizedFully}, {"GET /a", "203 5", sizedFully}, {"GET /a", "200 0", sizedZero}, {"GET /a", "200 -", sizedZero}, {"GET /a", "204 0", sizedZero},
		{"GET /a", "304 0", notSized}, {"GET /a", "304 180", notSized}, {"GET /a", "206 99", notSized}, {"GET /a", "416 190", notSized}, {"GET /a", "499 0", notSized},
		{"GET /a", "101 7", notSized}, {"GET /a", "408 7", notSized}, {"GET /a", "444 0", notSized}, {"GET /a", "000 0", notSized},
		{"GET /a", "404 9", sizedWeak}, {"GET /a", "502 150", sizedWeak}, {"GET /a", "301 178", sizedWeak},
		{"HEAD /a", "200 5", notSized}, {"HEAD /a", "200 -", notSized},
	} {
		e, bad := new(accessLog).parse([]byte(`h - - [17/May/2015:10:05:03 +0000] "` + c.request + ` HTTP/1.1" ` + c.answer))
		if bad.reason != "" || e.sized != c.want {
			t.Errorf("%s %s: %d, want %d; %s", c.request, c.answer, e.sized, c.want, bad.reason)
		}
	}
}

func TestMethods(t *testing.T) {
	for word, want := range map[string]Op{
		"GET": Read, "gets": Read, "HEAD": Read, "R": Read, "Read": Read, "POST": Write, "delete": Write, "SET": Write, "W": Write, "OPTIONS": Skip,
	} {
		if got, ok := opOf([]byte(word)); got != want || !ok {
			t.Errorf("%s is %d, %v", word, got, ok)
		}
	}
	if _, ok := opOf([]byte("BREW")); ok {
		t.Error("BREW is known")
	}
	var e entry
	if e.setMethod([]byte("BREW")); e.op != Write { // of HTTP, where what is safe is known
		t.Errorf("BREW of HTTP is %d", e.op)
	}
}
