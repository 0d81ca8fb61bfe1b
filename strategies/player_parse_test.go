package strategies_test

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// maker reads "KIND k=v ... [over KIND k=v ...]".
func (p *player) maker(words []string) func(*playedBox) {
	must := func(s strategies.Strategy, err error) strategies.Strategy {
		if err != nil {
			p.Fatal(err)
		}
		return s
	}
	switch kind, settings := words[0], words[1:]; kind {
	case "direct":
		var cfg strategies.DirectConfig
		p.configure(&cfg, settings)
		return func(b *playedBox) {
			s, err := strategies.NewDirect(p.loader(b.box), cfg)
			b.strategy = must(s, err)
		}
	case "naive":
		var cfg strategies.NaiveConfig
		p.configure(&cfg, settings)
		return func(b *playedBox) {
			s, err := strategies.NewNaive(b.client, p.loader(b.box), cfg)
			b.strategy = must(s, err)
		}
	case "mutex":
		var cfg strategies.MutexConfig
		p.configure(&cfg, settings)
		return func(b *playedBox) {
			s, err := strategies.NewMutex(b.client, b.client, p.loader(b.box), cfg)
			b.strategy = must(s, err)
		}
	case "swr":
		var cfg strategies.SWRConfig
		p.configure(&cfg, settings)
		return func(b *playedBox) {
			s, err := strategies.NewSWR(b.client, b.client, p.loader(b.box), cfg)
			b.strategy = must(s, err)
		}
	case "pool":
		var cfg strategies.PoolConfig
		p.configure(&cfg, settings)
		return func(b *playedBox) {
			s, err := strategies.NewPool(b.client, b.client, p.loader(b.box), cfg)
			b.strategy = must(s, err)
		}
	case "smear":
		own, under := overIn(settings)
		var cfg strategies.SmearConfig
		p.configure(&cfg, own)
		inner := p.maker(under)
		return func(b *playedBox) {
			p.unsmear = func(l strategies.Loader) strategies.Loader { return strategies.Unsmear(l, cfg) }
			inner(b)
			p.unsmear = nil
			s, err := strategies.NewSmear(b.strategy, cfg)
			b.strategy = must(s, err)
		}
	case "two-level":
		own, under := overIn(settings)
		var cfg strategies.TwoLevelConfig
		p.configure(&cfg, own)
		inner := p.maker(under)
		return func(b *playedBox) {
			inner(b)
			s, err := strategies.NewTwoLevel(b.strategy, cfg)
			b.strategy = must(s, err)
		}
	case "lease":
		var cfg strategies.LeaseConfig
		p.configure(&cfg, settings)
		return func(b *playedBox) {
			s, err := strategies.NewLeased(b.client, p.loader(b.box), cfg)
			b.strategy = must(s, err)
		}
	case "publish":
		var cfg strategies.PublishConfig
		p.configure(&cfg, settings)
		publisher, err := strategies.NewPublisher(newClient(p.w, "publisher"), p.loader("publisher"), cfg)
		if err != nil {
			p.Fatal(err)
		}
		p.publisher = publisher
		return func(b *playedBox) { b.strategy = publisher.Reader(b.client) }
	}
	p.Fatalf("unknown strategy %q", words)
	return nil
}

// overIn splits the settings of a strategy from the one beneath.
func overIn(settings []string) (own, under []string) {
	for i, word := range settings {
		if word == "over" {
			own, under = settings[:i], settings[i+1:]
		}
	}
	return own, under
}

// configure sets the fields that words name, and the runtime.
func (p *player) configure(cfg any, words []string) {
	v := reflect.ValueOf(cfg).Elem()
	v.FieldByName("Runtime").Set(reflect.ValueOf(p.w.runtime()))
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		found := false
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("yaml") != name {
				continue
			}
			found = true
			switch f := v.Field(i); f.Interface().(type) {
			case time.Duration:
				f.SetInt(int64(p.duration(value)))
			case string:
				f.SetString(value)
			case int:
				f.SetInt(int64(p.number(value)))
			case bool:
				f.SetBool(value == "true")
			case *int:
				f.Set(reflect.ValueOf(new(p.number(value))))
			case *bool:
				f.Set(reflect.ValueOf(new(value == "true")))
			}
		}
		if !found {
			p.Fatalf("no setting %q", name)
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
