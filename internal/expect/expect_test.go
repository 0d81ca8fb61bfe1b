package expect

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/spelling"
)

// measured are the figures of these tests, a.b among them.
func measured(_ Form, path []string) (Unit, int, error) {
	units := map[string]Unit{"n": Count, "m": Count, "t": Duration, "u": Duration, "h": Share, "b": Bytes, "r": Rate}
	for part, name := range path {
		if part == len(path)-1 {
			if u, ok := units[name]; ok {
				return u, 0, nil
			}
			return 0, part, spelling.Unknown("figure", name, []string{"n", "t", "rate"})
		}
		if name != "a" {
			return 0, part, fmt.Errorf("no %s", name)
		}
	}
	return 0, 0, errors.New("no path")
}

// compile returns the expression, or nil and the first thing that is wrong with it.
func compile(text string) (x *Expression, offset int, err error) {
	x = Compile(text, measured, func(at int, e error) {
		if err == nil {
			offset, err = at, e
		}
	})
	return x, offset, err
}

func TestHolds(t *testing.T) {
	values := map[string]float64{"n": 50, "m": 998, "t": 208.5, "a.t": 5021, "h": 0.93, "b": 2e6, "r": 5, "u": 0.25, "worst(a.t)": 6000, "upper(n)": 59}
	for text, want := range map[string]bool{
		"n == 50": true, "n != 50": false, "n < 51 && m >= 998": true, "n > 50 or m < 999": true, "not n > 50": true, "!(n > 50) and true": true, "!(n > 50) == true": true, "!true == (n != 50)": true, "not not n == 50": true,
		"t < 209ms": true, "t > 0.2s": true, "a.t == 5.021s": true, "u == 250us": true, "t < 1m30s": true, "t > 0": true,
		"h > 92%": true, "h > 0.94": false, "n > 4% * m": true, "97% * 1000 < m": true, "1 - h < 10%": true,
		"b == 2MB": true, "b > 1MiB": true, "b < 2MiB": true, "b > 1900000": true,
		"r == 5/s": true, "r == 300/min": true, "r > 4": true, "m/n > 19": true, "n*r > 249/s": true, "n / 5 == 10": true,
		"1 < n <= 50": true, "1 < n <= 49": false, "50 < n <= 50": false, "1 < 2 < 3 < n": true,
		"worst(a.t) == 6s && upper(n) < 60 && a.t < worst(a.t)": true, "n + m * 2 == 2046": true, "(n + m) * 2 == 2096": true, "n - 10 - 10 == 30": true, "100 / 10 / n == 0.2": true, "-n + 60 > 9": true, "- -n == +50": true,
		"n > 40 ? t < 1ms : true": false, "(n > 60 ? t : u) < 1ms": true, "n > 60 ? false : n > 55 ? false : true": true,
		"(n > 1) == (m > 1)": true, "n > 1 == true": true, "false or n > 1": true, "n > 60 && m > 1 || m > 2": true, "m > 2 || m > 1 && n > 60": true,
	} {
		x, _, err := compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := x.Holds(func(f Figure) float64 { return values[f.String()] }); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

// What decides must be a number, and what does not is not looked at.
func TestHoldsNot(t *testing.T) {
	for text, want := range map[string]string{
		"m / (n - 50) > 1":     "a division by zero",
		"n == 50 || m / 0 > 1": "",
		"n * 1000000000000000000" + strings.Repeat(" * 1000000000000000000", 20) + " > 1": "a number that is too large",
	} {
		x, _, err := compile(text)
		if err != nil {
			t.Fatal(err)
		}
		holds, err := x.Holds(func(Figure) float64 { return 50 })
		if got := fmt.Sprint(err); want != "" && (holds || got != want) || want == "" && (!holds || err != nil) {
			t.Errorf("%s: %v, %v, want %q", text, holds, err, want)
		}
	}
}

func TestFigures(t *testing.T) {
	x, _, err := compile("a.t > 1s && n > 2 && a.t < 3s && a.a.n > 1")
	if err != nil || !slices.Equal(x.Figures(), []Figure{{"", "a.t"}, {"", "n"}, {"", "a.a.n"}}) {
		t.Errorf("%v, %v", x.Figures(), err)
	}
}

// TestMistakes holds the message of each mistake and where it points.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// of the parser
		{"", "0: the expression ends too early"},
		{"n ==  ", "4: the expression ends too early"},
		{"(n == 5", "7: the expression ends too early: a bracket is not closed"},
		{"n == 5)", `6: ")" cannot stand here: no bracket is open`},
		{"n > 5 ? t", "9: the expression ends too early: after a question mark there are two parts, with a colon between them"},
		{"n = 5", `2: "=" compares nothing: write ==`},
		{"n == 5 m.t == 3", `7: "m" cannot stand here: join two comparisons with && or ||`},
		{"n == 5 5", "7: a number cannot stand here: an operator is missing before it"},
		{"n 5", "2: a number cannot stand here: an operator is missing before it"},
		{"n in 1..3", `2: an expectation cannot use "in": it has == != < <= > >= && || ! and or not + - * / ? : ( )`},
		{"n ** 2 > 3", `2: an expectation cannot use "**": it has == != < <= > >= && || ! and or not + - * / ? : ( )`},
		{"n ^ 2 > 3", `2: an expectation cannot use "^": it has == != < <= > >= && || ! and or not + - * / ? : ( )`},
		{"n | m > 3", `2: an expectation cannot use "|": write ||`},
		{"n & m > 3", `2: an expectation cannot use "&": write &&`},
		{"n === 5", `2: an expectation cannot use "===": write ==`},
		{"n == = 5", `5: an expectation cannot use "=": write ==`},
		{"n <> 5", `2: an expectation cannot use "<>": write !=`},
		{"n ?? 5", `2: an expectation cannot use "??": it has == != < <= > >= && || ! and or not + - * / ? : ( )`},
		{"a?.t > 5", `1: an expectation cannot use "?.": it has == != < <= > >= && || ! and or not + - * / ? : ( )`},
		{"t < 200 ms", "8: a unit follows its number without a space: write 200ms"},
		{"t < .5s", "4: a number begins with a digit: write 0.5s"},
		{"n == @", `5: "@" means nothing in an expectation`},
		{"#", `0: "#" means nothing in an expectation`},
		{"n[1] > 3", `1: an expectation cannot use "[": it has == != < <= > >= && || ! and or not + - * / ? : ( )`},
		{"a. == 5", "2: a name is missing after the dot"},
		{"a.5 == 5", "2: a name is missing after the dot"},
		{"len(n) > 5", "0: an expectation has no function len: it has median, worst, best, lower, upper of a figure"},
		{"worst(n + 1) > 5", `8: "+" cannot stand here`}, {"worst(5) > 5", "6: worst is of a figure alone, such as worst(naive.p99)"},
		{"upper(worst(n)) > 5", "6: upper is of a figure alone, such as upper(naive.p99)"}, {"worst(n > 5", `8: ">" cannot stand here`}, {"worst() > 5", "6: worst is of a figure alone, such as worst(naive.p99)"},
		{`n == "5"`, "5: an expectation has no texts: it compares figures and numbers"},
		{"n == 'x", "5: an expectation has no texts: it compares figures and numbers"},
		{"* n > 5", `0: "*" cannot stand here`},
		{strings.Repeat("(", 200), "100: nested more than 100 deep"},
		{strings.Repeat("-", 200) + "1", "100: nested more than 100 deep"},
		// of its literals
		{"t > 200msec", `4: unknown unit "msec" in "200msec", use ns, us, ms, s, m, h or d (ms)`},
		{"b > 5Mb", `4: unknown unit "Mb" in "5Mb", use B, KB, MB, GB, KiB, MiB or GiB (MB)`},
		{"b > 5kb", `4: unknown unit "kb" in "5kb", use B, KB, MB, GB, KiB, MiB or GiB (KB)`},
		{"n > 1_000", `4: "1_000" has an underscore in its number: write 1000`},
		{"t > 1_000ms", `4: "1_000ms" has an underscore in its number: write 1000ms`},
		{"n > 1..3", `4: "1..3" is no plain number`},
		{"n > 05", `4: "05" is no plain number`},
		{"n > 1e300", "4: the number is too large"},
		{"n > 99999999999999999999", "4: the number is too large"},
		{"n > 5s%", `4: "5s" is no plain number`},
		// of the units
		{"n", "0: the expectation is a number and not true or false: compare it with something"},
		{"2 * n", "0: the expectation is a number and not true or false: compare it with something"},
		{"1 < 2", "0: the expectation names no figure: write one such as naive.computes == 50"},
		{"n && m > 1", "0: what stands before && is a count: write a comparison, such as naive.computes == 50"},
		{"m > 1 and 2 * t", "10: what stands after && is a duration: write a comparison, such as naive.computes == 50"},
		{"!n > 5", "1: what follows ! is a count: write !(n > 5)"},
		{"!(n + m) > 5", "2: what follows ! is a count: write !(... > 5)"},
		{"!x > 5", `1: unknown figure "x" (n)`},
		{"!n", "1: what follows ! is a count: write a comparison, such as naive.computes == 50"},
		{"not n", "4: what follows not is a count: write a comparison, such as naive.computes == 50"},
		{"t ? true : n > 1", "0: what stands before the question mark is a duration: write a comparison, such as naive.computes == 50"},
		{"true ? n > 1 : n", "13: what is on the left is true or false, and n a count: they cannot stand for each other"},
		{"-(n > 1) > 2", "0: - stands before a number, and a comparison is none"},
		{"(n > 1) * m > 2", "8: * takes numbers, and comparisons are none"},
		{"(n > 1) + (m > 1) > 2", "8: + takes numbers, and comparisons are none"},
		{"(n > 1) < (m > 1)", "8: < compares numbers, and comparisons are none"},
		{"n > (1 < 2)", "2: n is a count, and what is on the right true or false: they cannot be compared"},
		{"t < 100", "4: 100 is a plain number, and t a duration: write 100ms or 100s"},
		{"m > 5%", "4: 5% is a share, and m a count: write the share of a count, such as 5% * naive.requests"},
		{"h < 5s", "2: h is a share, and 5s a duration: they cannot be compared"},
		{"t + n > 1s", "2: t is a duration, and n a count: they cannot be added"},
		{"t - 5% > 1s", "2: t is a duration, and 5% a share: they cannot be subtracted"},
		{"r > 5MB", "2: r is a rate, and 5MB a number of bytes: they cannot be compared"},
		{"n > 300/s", "2: n is a count, and 300/s a rate: they cannot be compared"},
		{"t * u > 1s", "2: a duration times a duration is in no unit that a figure has"},
		{"n / 60s > 1", "2: a count divided by a duration is in no unit that a figure has"},
		// of the names
		{"n > 1 && a.x.n > 1", "11: no x"},
		{"a.N > 1", `2: unknown figure "N" (n)`},
		{"größe > 1", `0: unknown figure "größe"; there are n, t, rate`},
	} {
		x, offset, err := compile(c.text)
		got := "none"
		if err != nil {
			got = strconv.Itoa(offset) + ": " + err.Error()
		}
		var meant *spelling.Error
		if errors.As(err, &meant) && meant.Hint != "" {
			got += " (" + meant.Hint + ")"
		}
		if x != nil || got != c.want {
			t.Errorf("%.40s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// All mistakes of units and names are reported, not only the first.
func TestAllMistakes(t *testing.T) {
	var got []int
	Compile("x > 1 && t > 5 && y > 2", measured, func(offset int, _ error) { got = append(got, offset) })
	if !slices.Equal(got, []int{0, 13, 18}) {
		t.Errorf("reported at %v", got)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		unit  Unit
		value float64
		want  string
	}{
		{Duration, 208.1234, "208.123ms"}, {Duration, 90000, "1m30s"}, {Duration, 0.25, "250us"}, {Duration, 1e15, "1000000000000000"},
		{Share, 0.93125, "93.13%"}, {Share, 0.05, "5%"}, {Count, 50, "50"}, {Count, 1.5, "1.5"}, {Rate, 1.0 / 3, "0.3333"}, {Bytes, 2e6, "2000000"},
		{Count, math.NaN(), "no number"}, {Duration, math.Inf(1), "no number"},
	} {
		if got := c.unit.Format(c.value); got != c.want {
			t.Errorf("%v of %v is %s, want %s", c.value, c.unit, got, c.want)
		}
	}
}

// printed writes a part with every bracket that it needs, and more.
func printed(n *node) string {
	inner := make([]string, len(n.parts))
	for i, part := range n.parts {
		inner[i] = printed(part)
		if part.kind == binary || part.kind == choice || part.kind == unary {
			inner[i] = "(" + inner[i] + ")"
		}
	}
	switch n.kind {
	case number, figure:
		return n.text
	case truth:
		return strconv.FormatBool(n.value != 0)
	case unary:
		return n.op + inner[0]
	case choice:
		return inner[0] + " ? " + inner[1] + " : " + inner[2]
	}
	return inner[0] + " " + n.op + " " + inner[1]
}

// tree draws a part of an expression.
func tree(t *rapid.T, depth int) *node {
	kind := rapid.SampledFrom([]nodeKind{number, figure, truth, unary, binary, choice}).Draw(t, "kind")
	if depth == 0 {
		kind = min(kind, truth)
	}
	n := &node{kind: kind}
	draw := func(list ...string) string { return rapid.SampledFrom(list).Draw(t, "text") }
	parts := map[nodeKind]int{unary: 1, binary: 2, choice: 3}[kind]
	for range parts {
		n.parts = append(n.parts, tree(t, depth-1))
	}
	switch kind {
	case number:
		n.text = draw("0", "7", "1.5", "5%", "200ms", "1m30s", "64KiB", "1MB", "300/s", "20/min", "1e3")
	case figure:
		n.text = draw("n", "a.t", "burst.two_level.p99", "nota", "android.x", "größe")
	case truth:
		n.value = float64(rapid.IntRange(0, 1).Draw(t, "value"))
	case unary:
		n.op = draw("!", "-", "+")
	case binary:
		n.op = draw("==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*", "/")
	}
	return n
}

// TestParsePrinted holds that what is written is read as what it was.
func TestParsePrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := tree(t, rapid.IntRange(0, 5).Draw(t, "depth"))
		text := printed(x)
		got, err := parse(text)
		if err != nil {
			t.Fatalf("%s: at %d, %v", text, err.offset, err.err)
		}
		if !same(x, got) {
			t.Fatalf("%s is read as %s", text, printed(got))
		}
	})
}

func same(a, b *node) bool {
	return a.kind == b.kind && a.op == b.op && (a.kind == unary || a.text == b.text) && (a.kind == number || a.value == b.value) &&
		slices.EqualFunc(a.parts, b.parts, same)
}

// FuzzCompile holds that no text makes it panic, that every mistake is in the text,
// and that what is compiled can be worked out and written.
func FuzzCompile(f *testing.F) {
	for _, text := range []string{
		"n == 50 && t < 200ms", "1 < n <= 5", "n > 40 ? t < 1ms : h > 5%", "not (n > 1)", "r > 300/s", "b < 1MB", "n/m > 3", "((", "a.", "5..", "1e9e9", "größe\x00",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reported := false
		x := Compile(text, measured, func(offset int, err error) {
			reported = true
			if offset < 0 || offset > len([]rune(text)) || err == nil {
				t.Fatalf("%q: %v at %d", text, err, offset)
			}
		})
		if (x == nil) != reported {
			t.Fatalf("%q: compiled %v, reported %v", text, x != nil, reported)
		}
		if x == nil {
			return
		}
		x.Holds(func(Figure) float64 { return 2 })
		again, err := parse(printed(x.root))
		if err != nil || !same(x.root, again) {
			t.Fatalf("%q is written %q, which is something else: %v", text, printed(x.root), err)
		}
	})
}
