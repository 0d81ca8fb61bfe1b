package units

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "1ns": 1, "500us": 500 * time.Microsecond, "500µs": 500 * time.Microsecond, "1.5s": 1500 * time.Millisecond,
		"1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "0.5d": 12 * time.Hour, "1d12h": 36 * time.Hour, "0.1ns": 0,
		"106751d": 106751 * Day, "0.000000001s": 1,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "s", "-5s", "+5s", "5 s", "05s", "5S", "1e3s", "1..5s", ".5s", "5.s", "1h30", "106752d", "9999999999999999999s", "∞"} {
		if got, err := ParseDuration(text); err == nil && text != "" {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "20/s": 20, "1200/min": 20, "0.5/s": 0.5, "36/h": 0.01, "86400/d": 1, "60/m": 1} {
		if got, err := ParseRate(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "20", "20/", "/s", "20/week", "-1/s", "20s", "20/s/s", "NaN/s", "1e3/s"} {
		if got, err := ParseRate(text); err == nil {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "300B": 300, "64KB": 64000, "64kB": 64000, "64KiB": 65536, "1MB": 1e6, "1.5MiB": 1572864, "2GB": 2e9, "1TiB": 1 << 40} {
		if got, err := ParseBytes(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "64", "64Kb", "KB", "-1KB", "64 KB", "99999999999TB", "64KB/s"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

func TestParseBandwidth(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "125MB/s": 125e6, "1Gbit/s": 125e6, "60KB/min": 1000, "8bit/s": 1, "1MiB/s": 1 << 20} {
		if got, err := ParseBandwidth(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "125MB", "125/s", "1Gb/s", "1Gbit", "-1MB/s", "/s"} {
		if got, err := ParseBandwidth(text); err == nil {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "5%": 0.05, "0.05": 0.05, "100%": 1, "1": 1, "12.5%": 0.125, "1e-3": 0.001} {
		if got, err := ParseShare(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "%", "5 %", "five", "NaN", ".inf", "1e999", "5%%", "05%"} {
		if got, err := ParseShare(text); err == nil {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

// TestFormat holds that what is written can be read again, as the same value.
func TestFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "d"))
		if got, err := ParseDuration(FormatDuration(d)); err != nil || got != d {
			t.Fatalf("%v is written %q and read as %v, %v", d, FormatDuration(d), got, err)
		}
		n := rapid.Int64Range(0, 1e12-1).Draw(t, "bytes")
		text := FormatBytes(float64(n))
		if got, err := ParseBytes(text); err != nil || got != n {
			t.Fatalf("%d bytes are written %q and read as %v, %v", n, text, got, err)
		}
		share := float64(rapid.IntRange(0, 10000).Draw(t, "share")) / 1e4
		if got, err := ParseShare(FormatShare(share)); err != nil || math.Abs(got-share) > 1e-12 {
			t.Fatalf("the share %v is written %q and read as %v, %v", share, FormatShare(share), got, err)
		}
	})
}

func TestFormatRate(t *testing.T) {
	for _, c := range []struct {
		perSecond float64
		want      string
	}{
		{0, "0/s"}, {100, "100/s"}, {0.5, "0.5/s"}, {1.0 / 15, "4/min"}, {500.0 / 60, "500/min"}, {1.0 / 3600, "1/h"}, {1e-7, "1e-07/s"},
	} {
		if got := FormatRate(c.perSecond); got != c.want {
			t.Errorf("%v is %q, want %q", c.perSecond, got, c.want)
		}
	}
}
