package spelling

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSuggest(t *testing.T) {
	names := []string{"boxes", "workers", "on_write", "ttl", "two-level", "p99", "p999", "herd_peak", "duplicate_computes", "box-crash", "box-loss", "node-loss"}
	for word, want := range map[string]string{
		"boxs": "boxes", "wrokers": "workers", "on-write": "on_write", "TTL": "ttl", "tll": "ttl", "twolevel": "two-level", "p9": "p99",
		"herd": "herd_peak", "duplicates": "duplicate_computes", "crash": "box-crash", "loss": "",
		"elephants": "", "": "", "x": "",
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

func TestLists(t *testing.T) {
	names := strings.Split("a b c d e f g h i j k l m", " ")
	for got, want := range map[string]string{
		List(names[:2]): "a, b", List(names): "a, b, c, d, e, f, g, h, i, j, k, l ...",
		And(names[:3]): "a, b and c", Or(names[:2]): "a or b", And(names[:1]): "a", Or(nil): "",
		Count(1, "box"): "1 box", Count(2, "box"): "2 boxes", Count(0, "node"): "0 nodes",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestUnknown(t *testing.T) {
	for name, want := range map[string]Error{
		"rde":   {`unknown colour "rde"`, "red"},
		"mauve": {`unknown colour "mauve"; there are red, green`, ""},
	} {
		var got *Error
		if err := Unknown("colour", name, []string{"red", "green"}); !errors.As(err, &got) || *got != want {
			t.Errorf("got %+v, want %+v", err, want)
		}
	}
}
