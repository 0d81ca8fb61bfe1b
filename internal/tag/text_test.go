package tag_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/tag"
)

type quantities struct {
	Wait  time.Duration `yaml:"wait" default:"1m30s" min:"1s" max:"2d"`
	Rate  float64       `yaml:"rate" unit:"/s" default:"120/min" max:"1000/s"`
	Size  int64         `yaml:"size" unit:"bytes" default:"64KiB" max:"1GiB"`
	Flow  float64       `yaml:"flow" unit:"bytes/s"`
	Share float64       `yaml:"share" unit:"share" min:"0" max:"1"`
	Word  word          `yaml:"word" enum:"one,two" default:"one"`
	Count *int          `yaml:"count" min:"0"`
	Seed  uint64        `yaml:"seed" default:"1"`
	Place latency       `yaml:"place"`
	List  []latency     `yaml:"list"`
}

// latency has a bare form.
type latency struct {
	Fixed  time.Duration `yaml:"fixed"`
	Median time.Duration `yaml:"median"`
}

func field(t *testing.T, name string) tag.Field {
	t.Helper()
	for _, f := range tag.Fields(reflect.TypeFor[quantities]()) {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no field %s", name)
	return tag.Field{}
}

// What a field's value is written as can be read again.
func TestFormat(t *testing.T) {
	var q quantities
	tag.SetDefaults(reflect.ValueOf(&q).Elem())
	q.Flow, q.Share, q.Count, q.Place.Fixed = 125e6, 0.05, new(0), time.Second
	q.List = []latency{{Fixed: time.Second}, {Median: 2 * time.Second}}
	v := reflect.ValueOf(q)
	for _, c := range []struct{ name, want string }{
		{"wait", "1m30s"}, {"rate", "2/s"}, {"size", "64KiB"}, {"flow", "125MB/s"}, {"share", "5%"}, {"word", "one"}, {"count", "0"}, {"seed", "1"},
		{"place", "1s"}, {"list", "[1s, {median: 2s}]"},
	} {
		f := field(t, c.name)
		text := f.Format(v.FieldByIndex(f.Index))
		if text != c.want {
			t.Errorf("%s is written %s, want %s", c.name, text, c.want)
		}
		if f.Base().Kind() == reflect.Struct || f.Base().Kind() == reflect.Slice {
			continue
		}
		again, err := f.Parse(text)
		if err != nil || f.Format(again) != text {
			t.Errorf("%s: %s is read as %v, %v", c.name, text, again, err)
		}
	}
	if f := field(t, "count"); f.Format(reflect.ValueOf((*int)(nil))) != "" {
		t.Error("what is absent is written")
	}
}

func TestInRange(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"wait", "2d", ""}, {"wait", "999ms", "999ms is too small: it must be at least 1s"}, {"wait", "49h", "49h is too large: it must be at most 2d"},
		{"rate", "60001/min", "60001/min is too large: it must be at most 1000/s"}, {"size", "1025MiB", "1025MiB is too large: it must be at most 1GiB"},
		{"share", "101%", "101% is too large: it must be at most 100%"}, {"count", "-1", "-1 is too small: it must be at least 0"},
		{"word", "tow", `"tow" is not one of one, two`}, {"seed", "-1", "-1 is negative"}, {"count", "010", "010 begins with a zero, which YAML may read as octal: write 10"},
	} {
		_, err := field(t, c.name).Parse(c.text)
		if got := ""; err != nil && err.Error() != c.want || err == nil && got != c.want {
			t.Errorf("%s: %s: got %v, want %q", c.name, c.text, err, c.want)
		}
	}
}

// SetDefaults is for a file that says nothing, whatever stood there before.
func TestSetDefaults(t *testing.T) {
	q := quantities{Wait: time.Hour, Count: new(3), Place: latency{Fixed: 5}}
	tag.SetDefaults(reflect.ValueOf(&q).Elem())
	if q.Wait != 90*time.Second || q.Rate != 2 || q.Count != nil || q.Place.Fixed != 0 || q.Word != "one" {
		t.Errorf("%+v", q)
	}
}
