package advise

import (
	"fmt"
	"go/format"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
)

// Snippet is how a candidate is configured somewhere.
type Snippet struct{ Where, Language, Text string }

// Snippets are those of a candidate: of the scenario, of Go, and of the software that has
// such a strategy by itself.
func Snippets(a *Advice, s *Standing) []Snippet {
	list := []Snippet{{"in a scenario", "yaml", fmt.Sprintf("strategies:\n  %s: %s\n", s.Name, s.Settings)}}
	e := a.search.trials[0].Strategies[s.number]
	if text := goText(e.Choice()); text != "" {
		list = append(list, Snippet{"in Go, with package strategies", "go", text})
	}
	life := max(s.Life, time.Second)
	seconds := strconv.Itoa(int(life.Seconds()))
	in := strings.NewReplacer("$life", seconds+"s", "$seconds", seconds)
	for _, known := range elsewhere() {
		if known.form == s.form() {
			list = append(list, Snippet{known.Where, known.Language, in.Replace(known.Text)})
		}
	}
	return list
}

// goText is the configuration of a strategy as Go has it, without what is as usual.
func goText(c catalog.Choice) string {
	text := "config := " + literal(reflect.ValueOf(c.Config).Elem()) + "\n"
	if c.Over != nil {
		text = "beneath := " + literal(reflect.ValueOf(c.Over.Config).Elem()) + "\n" + text
	}
	pretty, err := format.Source([]byte(text))
	if err != nil {
		panic("advise: a snippet is no Go: " + err.Error())
	}
	return string(pretty)
}

// literal is a composite literal of a configuration.
func literal(v reflect.Value) string {
	var fields []string
	for i := range v.NumField() {
		f, value := v.Type().Field(i), v.Field(i)
		switch {
		case f.Tag.Get("yaml") == "-":
		case f.Anonymous:
			if text := literal(value); !strings.HasSuffix(text, "{}") {
				fields = append(fields, f.Name+": "+text)
			}
		default:
			if text := valueText(value); text != "" && !isDefault(f, value) {
				fields = append(fields, f.Name+": "+text)
			}
		}
	}
	name := strings.Replace(v.Type().String(), "published.", "strategies.", 1) // what the lab runs of old, by its library's name
	return name + "{" + strings.Join(fields, ", ") + "}"
}

// isDefault reports whether a field has the value that it has when it is left out.
func isDefault(f reflect.StructField, v reflect.Value) bool {
	for _, known := range tag.Fields(reflect.StructOf([]reflect.StructField{{Name: f.Name, Type: f.Type, Tag: f.Tag}})) {
		if known.Default != "" {
			if d, err := units.ParseDuration(known.Default); err == nil && v.Type() == reflect.TypeFor[time.Duration]() {
				return int64(d) == v.Int()
			}
			return fmt.Sprint(v.Interface()) == known.Default
		}
	}
	return v.IsZero()
}

// valueText is a value as Go has it; "" for what is no setting.
func valueText(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return "new(" + valueText(v.Elem()) + ")"
	case v.Type() == reflect.TypeFor[time.Duration]():
		return durationText(time.Duration(v.Int()))
	case v.Kind() == reflect.String:
		return strconv.Quote(v.String())
	case v.Kind() == reflect.Bool, v.CanInt(), v.CanFloat():
		return fmt.Sprint(v.Interface())
	}
	return ""
}

func durationText(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{time.Hour, "time.Hour"}, {time.Minute, "time.Minute"}, {time.Second, "time.Second"}, {time.Millisecond, "time.Millisecond"}} {
		if d != 0 && d%unit.length == 0 {
			if d == unit.length {
				return unit.name
			}
			return fmt.Sprintf("%d * %s", d/unit.length, unit.name)
		}
	}
	return fmt.Sprintf("%d", d)
}

// elsewhere is what has a strategy of a form by itself. (nginx: ngx_http_proxy_module;
// Varnish: VCL's beresp.grace; Django: its cache framework; RFC 5861.)
func elsewhere() []struct {
	form string
	Snippet
} {
	type known = struct {
		form string
		Snippet
	}
	const lock = "proxy_cache_lock on;\nproxy_cache_valid 200 $life;\n"
	return []known{
		{"naive", Snippet{"in Django", "python", "cache.get_or_set(key, compute, timeout=$seconds)\n"}},
		{"naive coalesced", Snippet{"in Varnish, which coalesces", "vcl", "set beresp.ttl = $life;\nset beresp.grace = 0s;\n"}},
		{"mutex", Snippet{"in nginx", "nginx", lock}},
		{"mutex stale for losers", Snippet{"in nginx", "nginx", lock + "proxy_cache_use_stale updating error timeout http_500 http_503;\n"}},
		{"swr", Snippet{"in nginx", "nginx", lock + "proxy_cache_use_stale updating error timeout http_500 http_503;\nproxy_cache_background_update on;\n"}},
		{"swr", Snippet{"for a CDN that knows RFC 5861", "http", "Cache-Control: max-age=$seconds, stale-while-revalidate=86400, stale-if-error=3600\n"}},
		{"swr coalesced", Snippet{"in Varnish", "vcl", "set beresp.ttl = $life;\nset beresp.grace = 24h;\n"}},
	}
}
