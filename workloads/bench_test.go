package workloads

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// BenchmarkNext is the cost of one request once the keys have been met.
func BenchmarkNext(b *testing.B) {
	const ever = 400 * 24 * time.Hour
	zipf := &Keys{Count: 100_000, Zipf: 0.9}
	for _, c := range []struct {
		name    string
		classes []Class
	}{
		{"zipf", []Class{{Class: "page", Rate: 1000, Keys: zipf}}},
		{"zipf1", []Class{{Class: "page", Rate: 1000, Keys: &Keys{Count: 100_000, Zipf: 1}}}},
		{"uniform", []Class{{Class: "page", Rate: 1000, Keys: &Keys{Count: 100_000}}}},
		{"sizes+writes", []Class{{Class: "page", Rate: 1000, Keys: zipf, Writes: 0.1, Size: &Size{Median: 1000, P99: 9000}}}},
		{"ramp", []Class{{Class: "page", Ramp: &Ramp{0, 1000}, Keys: zipf}}},
		{"sine", []Class{{Class: "page", Sine: &Sine{Mean: 1000, Amplitude: 900, Period: time.Minute}, Keys: zipf}}},
		{"bystander", []Class{{Class: "bystander", Rate: 1000}}},
		{"3classes", []Class{{Class: "page", Rate: 1000, Keys: zipf}, {Class: "feed", Rate: 500, Keys: zipf}, {Class: "bystander", Rate: 100}}},
		{"2Mkeys", []Class{{Class: "page", Rate: 1000, Keys: &Keys{Count: 2_000_000, Zipf: 0.9}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			w, err := New(1, ever, c.classes)
			if err != nil {
				b.Fatal(err)
			}
			var r Request
			for range 500_000 {
				w.Next(&r)
			}
			b.ReportAllocs()
			for b.Loop() {
				if !w.Next(&r) {
					b.Fatal("the traffic ended")
				}
			}
		})
	}
}

// BenchmarkReplay is the cost of one request of an access log.
func BenchmarkReplay(b *testing.B) {
	var text bytes.Buffer
	const n = 100_000
	start := time.Date(2015, 5, 17, 10, 5, 3, 0, time.UTC)
	for i := range n {
		at := start.Add(time.Duration(i) * 100 * time.Millisecond)
		fmt.Fprintf(&text, "10.0.0.1 - - [%s] \"GET /a/b/c/%d?q=1 HTTP/1.1\" 200 %d \"-\" \"-\"\n", at.Format("02/Jan/2006:15:04:05 -0700"), i%1000, i)
	}
	file := traceFile(b, "access.log", text.Bytes())
	b.ReportAllocs()
	requests := 0
	for b.Loop() {
		w, err := New(1, 24*time.Hour, []Class{{Class: "site", Trace: &Trace{File: file}}})
		if err != nil {
			b.Fatal(err)
		}
		for range w.All() {
			requests++
		}
		if err := w.Close(); err != nil || w.Err() != nil {
			b.Fatal(err, w.Err())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(requests), "ns/request")
}
