package strategies_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/strategies"
)

// maker reads "KIND k=v ... [over KIND k=v ...]". All boxes draw from one source.
func (p *player) maker(words []string) func(*playedBox) {
	runtime := p.w.runtime()
	shared := newClient(p.w, "publisher")
	fleet, err := catalog.Build(p.choice(words), catalog.Parts{Store: shared, Locker: shared, Loader: p.loader("publisher"), Runtime: runtime})
	if err != nil {
		p.Fatal(err)
	}
	p.publisher = fleet.Publisher
	return func(b *playedBox) {
		s, err := fleet.Box(catalog.Parts{Store: b.client, Locker: b.client, Loader: p.loader(b.box), Runtime: runtime})
		if err != nil {
			p.Fatal(err)
		}
		b.strategy = s
	}
}

// choice is the strategy that words name, and the one beneath.
func (p *player) choice(words []string) catalog.Choice {
	kind, ok := catalog.Find(words[0])
	if !ok {
		p.Fatalf("unknown strategy %q", words)
	}
	c := catalog.Choice{Kind: kind.Name, Config: kind.Config()}
	own := words[1:]
	if i := slices.Index(own, "over"); i >= 0 {
		beneath := p.choice(own[i+1:])
		c.Over, own = &beneath, own[:i]
	}
	p.configure(c.Config, own)
	tag.FillAsFile(c.Config)
	return c
}

// configure sets the fields that words name.
func (p *player) configure(cfg any, words []string) {
	v := reflect.ValueOf(cfg).Elem()
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		i := slices.IndexFunc(tag.Fields(v.Type()), func(f tag.Field) bool { return f.Name == name })
		if i < 0 {
			p.Fatalf("no setting %q", name)
		}
		f := v.FieldByIndex(tag.Fields(v.Type())[i].Index)
		if f.Kind() == reflect.Pointer {
			f.Set(reflect.New(f.Type().Elem()))
			f = f.Elem()
		}
		switch {
		case f.Type() == reflect.TypeFor[time.Duration]():
			f.SetInt(int64(p.duration(value)))
		case f.Kind() == reflect.String:
			f.SetString(value)
		case f.Kind() == reflect.Bool:
			f.SetBool(value == "true")
		default:
			f.SetInt(int64(p.number(value)))
		}
	}
}

func (p *player) stats() {
	var parts []string
	for _, b := range p.boxes {
		parts = append(parts, counted(b.box, b.strategy.(strategies.StatsReporter).Stats()))
	}
	if p.publisher != nil {
		parts = append(parts, counted("publisher", p.publisher.Loads())+counted("", p.publisher.Stats()))
	}
	p.note("counted", "%s", strings.Join(parts, "; "))
}

// counted lists what is not zero.
func counted(who string, stats any) string {
	v := reflect.ValueOf(stats)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			who += fmt.Sprintf(" %s=%v", v.Type().Field(i).Name, v.Field(i).Interface())
		}
	}
	return who
}

func (p *player) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		p.Fatal(err)
	}
	return d
}

func (p *player) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		p.Fatal(err)
	}
	return n
}
