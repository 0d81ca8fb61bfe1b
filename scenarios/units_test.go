package scenarios

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "1ns": 1, "500us": 500 * time.Microsecond, "500µs": 500 * time.Microsecond, "1.5s": 1500 * time.Millisecond,
		"1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "0.5d": 12 * time.Hour, "1d12h": 36 * time.Hour, "0.1ns": 0,
		"106751d": 106751 * day, "0.000000001s": 1,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "s", "-5s", "+5s", "5 s", "05s", "5S", "1e3s", "1..5s", ".5s", "5.s", "1h30", "106752d", "9999999999999999999s", "∞"} {
		if got, err := parseDuration(text); err == nil && text != "" {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "20/s": 20, "1200/min": 20, "0.5/s": 0.5, "36/h": 0.01, "86400/d": 1, "60/m": 1} {
		if got, err := parseRate(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "20", "20/", "/s", "20/week", "-1/s", "20s", "20/s/s", "NaN/s", "1e3/s"} {
		if got, err := parseRate(text); err == nil {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "300B": 300, "64KB": 64000, "64kB": 64000, "64KiB": 65536, "1MB": 1e6, "1.5MiB": 1572864, "2GB": 2e9, "1TiB": 1 << 40} {
		if got, err := parseBytes(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "64", "64Kb", "KB", "-1KB", "64 KB", "99999999999TB", "64KB/s"} {
		if got, err := parseBytes(text); err == nil {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
}

func TestParseBandwidth(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "125MB/s": 125e6, "1Gbit/s": 125e6, "60KB/min": 1000, "8bit/s": 1, "1MiB/s": 1 << 20} {
		if got, err := parseBandwidth(text); err != nil || got != want {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "125MB", "125/s", "1Gb/s", "1Gbit", "-1MB/s", "/s"} {
		if got, err := parseBandwidth(text); err == nil {
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

// TestSpell holds that what Explain writes can be read again.
func TestSpell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "d"))
		if got, err := parseDuration(spellDuration(d)); err != nil || got != d {
			t.Fatalf("%v is written %q and read as %v, %v", d, spellDuration(d), got, err)
		}
		n := rapid.Int64Range(0, 1e12-1).Draw(t, "bytes")
		text := spell(reflect.ValueOf(n), setting{unit: "bytes"})
		if got, err := parseBytes(text); err != nil || got != n {
			t.Fatalf("%d bytes are written %q and read as %v, %v", n, text, got, err)
		}
	})
}

func TestSuggest(t *testing.T) {
	names := []string{"boxes", "workers", "on_write", "ttl", "two-level", "p99", "p999"}
	for word, want := range map[string]string{
		"boxs": "boxes", "wrokers": "workers", "on-write": "on_write", "TTL": "ttl", "tll": "ttl", "twolevel": "two-level", "p9": "p99", "elephants": "", "": "", "x": "",
	} {
		if got := Suggest(word, names); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
	if got := Suggest(strings.Repeat("boxes", 100), names); got != "" {
		t.Errorf("a very long word gave %q", got)
	}
}

// TestDistance holds what makes it a distance of neighbours.
func TestDistance(t *testing.T) {
	word := rapid.StringMatching(`[abc]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := []rune(word.Draw(t, "a")), []rune(word.Draw(t, "b"))
		d := distance(a, b)
		if d != distance(b, a) {
			t.Fatal("not symmetric")
		}
		if (d == 0) != (string(a) == string(b)) {
			t.Fatal("zero for different words, or not for equal ones")
		}
		if d > max(len(a), len(b)) {
			t.Fatal("more than rewriting every letter")
		}
	})
	if d := distance([]rune("wrokers"), []rune("workers")); d != 1 {
		t.Errorf("a swap of neighbours counts %d, want 1", d)
	}
}

func TestWindow(t *testing.T) {
	for duration, want := range map[time.Duration]time.Duration{
		time.Millisecond: time.Millisecond, 30 * time.Second: 200 * time.Millisecond, 2 * time.Minute: time.Second,
		time.Hour: 30 * time.Second, 14 * day: 2 * time.Hour, 400 * day: 2 * day,
	} {
		if got := window(duration); got != want {
			t.Errorf("window(%v) = %v, want %v", duration, got, want)
		}
	}
}

func TestSpellRate(t *testing.T) {
	for _, c := range []struct {
		perSecond float64
		want      string
	}{
		{0, "0/s"}, {100, "100/s"}, {0.5, "0.5/s"}, {1.0 / 15, "4/min"}, {500.0 / 60, "500/min"}, {1.0 / 3600, "1/h"}, {1e-7, "1e-07/s"},
	} {
		if got := spellRate(c.perSecond); got != c.want {
			t.Errorf("%v is %q, want %q", c.perSecond, got, c.want)
		}
	}
}
