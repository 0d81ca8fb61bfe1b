package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/figures"
)

// Reference is the reference of the scenario file, in Markdown, made from the
// same tags as the loader and the schema.
func Reference() []byte {
	var b bytes.Buffer
	b.WriteString("# The scenario file\n\n" +
		"This page is made from the tags of the code (`go test ./scenarios -update`): edit those.\n\n" +
		"| written | means |\n|---|---|\n" +
		"| duration | `500us`, `20ms`, `5s`, `1h30m`, `2d`; a bare `0` needs no unit |\n" +
		"| rate | `20/s`, `1200/min`, `5/h` |\n" +
		"| size | `64KB` and `1MB` are powers of ten, `64KiB` and `1MiB` powers of two |\n" +
		"| bandwidth | `125MB/s`, `1Gbit/s` |\n" +
		"| share | `5%` or `0.05` |\n\n" +
		"A mapping that has a field `fixed` may be written as the bare value of that field: `latency: 5s`.\n" +
		"Anchors, aliases, merge keys, tags and second documents are refused. So is a setting that means nothing without another one which no strategy has.\n")
	document(&b, "##", "The top level", reflect.TypeFor[Scenario]())
	b.WriteString("\n## phases\n\nA mapping from name to `from..to`, which the word `warm-up` may follow: " +
		"`phases: {fill: 0s..30s warm-up, burst: 30s..60s}`. Or to a mapping:\n\n")
	fieldTable(&b, reflect.TypeFor[Phase]())
	b.WriteString("\n## strategies\n\nA mapping from label to settings, run in this order. A label that is not the name of a " +
		"strategy says which it is: `patient: {use: mutex, losers: wait}`. A strategy without settings has their defaults.\n\n" +
		"Every strategy takes `with`, overrides of fleet, workload, client, faults, warm and idle for this strategy only: " +
		"`with: {fleet.cache.ring: modulo}`. `two-level` and `smear` take `over`, the strategy beneath: `over: {swr: {fresh: 10s}}`.\n")
	for _, k := range catalog.All() {
		fmt.Fprintf(&b, "\n### %s\n\n%s.\n\n", k.Name, k.Doc)
		fieldTable(&b, k.Settings())
	}
	b.WriteString("\n## variants\n\nWritten in place of strategies, as they are: the same labels, `use` and settings, and of each its part in the story. " +
		"There is one `before` at least and one `after`; what the others changed is told against the first `before`.\n\n")
	fieldTable(&b, reflect.TypeFor[Part]())
	documentExpect(&b)
	return b.Bytes()
}

// document writes the table of a struct and, after it, those of its parts.
func document(b *bytes.Buffer, level, title string, t reflect.Type) {
	fmt.Fprintf(b, "\n%s %s\n\n", level, title)
	fieldTable(b, t)
	for _, s := range settings(t) {
		inner := s.base()
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		switch inner {
		case reflect.TypeFor[Entry](), reflect.TypeFor[Phase](), reflect.TypeFor[Expectation]():
			continue
		}
		if inner.Kind() == reflect.Struct && len(settings(inner)) > 0 {
			name := s.name
			if level != "##" {
				name = title + "." + s.name
			}
			document(b, "###", name, inner)
		}
	}
}

func fieldTable(b *bytes.Buffer, t reflect.Type) {
	if len(settings(t)) == 0 {
		b.WriteString("It has no settings.\n")
		return
	}
	b.WriteString("| field | meaning | default |\n|---|---|---|\n")
	for _, s := range settings(t) {
		meaning := s.doc
		if len(s.enum) > 0 {
			meaning += ": `" + strings.Join(s.enum, "`, `") + "`"
		}
		if form := s.unitWord(); form != "" {
			meaning += " (" + form + ")"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", s.name, strings.ReplaceAll(meaning, "|", `\|`), s.defaultWord())
	}
}

// unitWord names the way a value is written, where the meaning does not say.
func (s setting) unitWord() string {
	if s.base().Kind() == reflect.Slice {
		s = s.element()
	}
	m, _ := s.measure()
	return m.word
}

func (s setting) defaultWord() string {
	switch {
	case s.required && s.or != "":
		return "required, or `" + s.or + "`"
	case s.required:
		return "required"
	case s.hasDef:
		return "`" + s.def + "`"
	case s.base().Kind() == reflect.Bool:
		return "`false`"
	}
	return ""
}

func documentExpect(b *bytes.Buffer) {
	b.WriteString("\n## expect\n\n" +
		"A list of expressions over the figures of the results, checked when the file is loaded: `mutex.computes == 1 && mutex.failures == 999`.\n" +
		"They have `" + strings.Join(operators(), " ") + "` and `not`, parentheses, plain numbers, durations (`200ms`) and shares (`5%`).\n" +
		"Only what is in one unit is compared, added or subtracted; a plain number stands for a count, a share, a rate or bytes, and not for a duration, but for 0. A division by zero does not hold.\n\n" +
		"A figure is written `strategy.figure`; in one phase `phase.strategy.figure`; of one class `strategy.classes.class.figure`. " +
		"Characters of a label that a name cannot have are written `_`: `two_level.p99`. " +
		"With several seeds a figure is their median. An expectation about a figure that has no value fails.\n\n" +
		"An expectation that gives its reason is a mapping: `{that: before.hit_ratio < 2%, because: stated by the source, world: modelled}`.\n\n")
	fieldTable(b, reflect.TypeFor[reasoned]())
	b.WriteString("\n" +
		"| figure | meaning | in | of a phase or class |\n|---|---|---|---|\n")
	for _, f := range figures.All() {
		scoped := [...]string{figures.Run: "no", figures.Phase: "of a phase", figures.Class: "yes"}[f.Scope]
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, f.Doc, dimension(f.Unit).word(), scoped)
	}
}
