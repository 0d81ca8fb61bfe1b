package trace

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	const rfc = 1431857103 * second // 2015-05-17T10:05:03Z
	for _, c := range []struct {
		name, header, line string
		at                 int64
		key                string
		size               int64
	}{
		{"three fields", "", "12,a,512", 12 * second, "a", 512},
		{"two fields", "", "12,a", 12 * second, "a", 0},
		{"empty size", "", "12,a,", 12 * second, "a", 0},
		{"decimals", "", "12.25,a,1", 12*second + second/4, "a", 1},
		{"nanoseconds", "", "1.000000001,a,1", second + 1, "a", 1},
		{"more than nanoseconds", "", "1.0000000019999,a,1", second + 1, "a", 1},
		{"a point and nothing behind it", "", "1.,a,1", second, "a", 1},
		{"RFC 3339", "", "2015-05-17T10:05:03Z,a,1", rfc, "a", 1},
		{"RFC 3339 with a zone and decimals", "", "2015-05-17T12:05:03.5+02:00,a,1", rfc + second/2, "a", 1},
		{"blanks", "", " 12 ,\ta b ,\t512 ", 12 * second, "a b", 512},
		{"quotes", "", `"12","a,b ","512"`, 12 * second, "a,b ", 512},
		{"quotes in quotes", "", `12, "a""b" ,512`, 12 * second, `a"b`, 512},
		{"milliseconds since 1970", "", "1431857103250,a,1", rfc + second/4, "a", 1},
		{"microseconds since 1970", "", "1431857103250000,a,1", rfc + second/4, "a", 1},
		{"nanoseconds since 1970", "", "1431857103250000001,a,1", rfc + second/4 + 1, "a", 1},
		{"tabs", "", "12\ta b\t512", 12 * second, "a b", 512},
		{"semicolons", "", "12;a,b;512", 12 * second, "a,b", 512},
		{"Twitter", "", "5,nz:k,10,800,3,get,0", 5 * second, "nz:k", 800},
		{"SPC", "", "0,20941264,8192,R,0.551706", 551706000, "0:20941264", 8192},
		{"Alibaba", "", "7,R,4096,8192,1700000000039131", 1700000000039131000, "7:4096", 8192},
		{"MSR", "", "128166372003061629,hm,1,Read,383496192,32768,41286", 1172163600306162900, "1:383496192", 32768},
		{"vegeta", "", "1700000000039131392,200,28794100,300,800,,aGVsbG8=,attack,0,GET,http://h/p/0,", 1700000000039131392, "http://h/p/0", 800},
		{"libCacheSim", "version,time,op,size,lbn", "1,12,28,512,42932745", 12 * second, "42932745", 512},
		{"header", "time,key,size", "12,a,512", 12 * second, "a", 512},
		{"header in capitals", "Timestamp, KEY", "12,a", 12 * second, "a", 0},
		{"header in another order", "op,size,key,time", "get,5,a,12", 12 * second, "a", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, bad := parsedTable(t, c.header, c.line)
			if bad.reason != "" {
				t.Fatalf("column %d: %s", bad.column, bad.reason)
			}
			if e.at != c.at || string(e.key) != c.key || e.size != c.size || e.op != Read {
				t.Errorf("%d %q %d", e.at, e.key, e.size)
			}
		})
	}
}

// parsedTable is a line of a table that has a header, if that is not empty.
func parsedTable(t *testing.T, header, line string) (entry, flaw) {
	t.Helper()
	p := new(table)
	if e, bad := p.parse([]byte(header)); header != "" && (bad.reason != "" || e.op != Skip || !p.header) {
		t.Fatalf("%q is no header", header)
	} else if header == "" {
		p = new(table)
	}
	return p.parse([]byte(line))
}

// Operations are what they are called, and a header that comes again is one.
func TestTableOperations(t *testing.T) {
	p := new(table)
	var got []Op
	for _, line := range []string{"timestamp,key,key_size,value_size,client_id,operation,ttl", "0,k,10,800,0,get,0", "1,k,10,800,0,set,60", "timestamp,key,key_size,value_size,client_id,operation,ttl", "2,k,10,0,0,delete,0"} {
		e, bad := p.parse([]byte(line))
		if bad.reason != "" {
			t.Errorf("%s: column %d: %s", line, bad.column, bad.reason)
		}
		got = append(got, e.op)
	}
	if want := []Op{Skip, Read, Write, Skip, Write}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if want := []string{"key_size", "client_id"}; !slices.Equal(p.unused, want) {
		t.Errorf("not looked at: %v, want %v", p.unused, want)
	}
}

func TestTableFlaws(t *testing.T) {
	for _, c := range []struct {
		header, line, says string
		column             int
	}{
		{"", "12", "a line is time,key,size", 1},
		{"", "12,a,1,2", "a line is time,key,size", 1},
		{"time,key,op", "12,a,brew", "the operation is none", 6},
		{"time,key,size", "12,a", "not as many fields", 1},
		{"", strings.Repeat(",", 32), "up to 32 columns", 33},
		{"", "-1,a,1", "neither seconds", 1},
		{"", "NaN,a,1", "neither seconds", 1},
		{"", "+Inf,a,1", "neither seconds", 1},
		{"", "1e3,a,1", "neither seconds", 1},
		{"", "1.5.5,a,1", "neither seconds", 1},
		{"", ".5,a,1", "neither seconds", 1},
		{"", ",a,1", "there is no time", 1},
		{"", "1.-5,a,1", "neither seconds", 1},
		{"", "99999999999999999999,a,1", "neither seconds", 1},
		{"", "2015-05-17 10:05:03,a,1", "RFC 3339", 1},
		{"", "2015-02-31T10:05:03Z,a,1", "RFC 3339", 1},
		{"", "1969-02-01T10:05:03Z,a,1", "1970", 1},
		{"", "2300-02-01T10:05:03Z,a,1", "2262", 1},
		{"", "1,,1", "key is empty", 3},
		{"", `1,"",1`, "key is empty", 3},
		{"", "1,a, x", "no whole number", 6},
		{"", "1,a,-5", "no whole number", 5},
		{"", "1,a,1.5", "no whole number", 5},
		{"", `1,"a,1`, "do not close", 3},
		{"", `1,"a"b,1`, "text after the quotes", 6},
	} {
		_, bad := parsedTable(t, c.header, c.line)
		if bad.column != c.column || !strings.Contains(bad.reason, c.says) {
			t.Errorf("%s\ncolumn %d: %s, want column %d: ... %s", c.line, bad.column, bad.reason, c.column, c.says)
		}
	}
	for _, line := range []string{"", "1,a,5", "time,size", "key", `time,"key`} {
		if (&table{separator: ','}).readHeader([]byte(line)) {
			t.Errorf("%q is taken for a header", line)
		}
	}
}

func TestTableAllocatesNothing(t *testing.T) {
	p, line := new(table), []byte("12.25,/a,512")
	if n := testing.AllocsPerRun(100, func() { p.parse(line) }); n != 0 {
		t.Errorf("a line costs %v allocations", n)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"12,a,512", "12.25,a", "2015-05-17T10:05:03Z,a,1", `"12","a,""b","5"`, " 1 , a ,", "time,key,size", "NaN,a,1", "-1,a,1", `1,"a`, `1,"a"x,2`,
		"", ",", ",,", strings.Repeat(",", 20), "99999999999999999999,a,1", "1.9999999999,a,1",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\r\n") {
			return
		}
		tellTable(line)
		p := new(table)
		e, bad := p.parse(line)
		if bad.reason == "" && e.op == Skip {
			return // a header
		}
		sound(t, line, e, bad)
		if bad.reason != "" || bytes.ContainsAny(line, " \t;") || p.layout.fields > 3 {
			return
		}
		// Without blanks around the fields, encoding/csv reads the same.
		want, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err == nil && want[1] != string(e.key) {
			t.Errorf("the key is %q, encoding/csv has %q", e.key, want[1])
		}
	})
}
