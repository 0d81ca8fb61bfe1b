package scenarios

import (
	_ "embed"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"text/template"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
)

//go:embed explain.txt.tmpl
var explanation string

// Explain writes the scenario in words: its story and what is expected, then the
// fleet, the traffic, what goes wrong and every strategy. Of the settings it lists
// those that the scenario sets, or with all of them every one in force.
func Explain(w io.Writer, s *Scenario, all bool) error {
	told := make(map[string]bool)
	t := template.Must(template.New("explanation").Funcs(template.FuncMap{
		"all":        func() bool { return all },
		"lastSeed":   func() uint64 { return s.Seed + uint64(s.Seeds) - 1 },
		"roleWidth":  func() int { return roleWidth(s.Strategies) },
		"settings":   func(title string, config any) string { return explainSettings(title, config, all) },
		"strategy":   func(e Entry, indent string) string { return explainEntry(e, indent, told, all) },
		"mapping":    func(config any) string { return tag.FormatStruct(reflect.ValueOf(config)) },
		"time":       units.FormatDuration,
		"warming":    explainWarmer,
		"fault":      explainFault,
		"hang":       hang,
		"paragraphs": paragraphs,
		"titled":     titled,
	}).Parse(explanation))
	return t.Execute(w, s)
}

// roleWidth is the width of the longest name among those that play a part in a story; 0
// where none does.
func roleWidth(list []Entry) (width int) {
	for _, e := range list {
		if e.Role != "" {
			width = max(width, utf8.RuneCountInString(e.Name))
		}
	}
	return width
}

// explainWarmer says what is computed ahead of the readers.
func explainWarmer(w world.WarmerConfig) string {
	every := map[string]string{
		world.WarmerCron: "every %s, beside a run that is not over",
		world.WarmerLock: "every %s, unless a run is not over",
		world.WarmerLoop: "%s after the end of the last run",
	}[w.Schedule]
	rate := ""
	if w.Rate > 0 {
		rate = fmt.Sprintf(", no more than %s a second", units.FormatNumber(w.Rate))
	}
	return fmt.Sprintf("from %s, "+every+": the %d most popular keys of %s are computed and stored, %d at once%s",
		units.FormatDuration(w.From), units.FormatDuration(w.Every), w.Keys, w.Class, w.AtOnce, rate)
}

// explainFault says what goes wrong, and when.
func explainFault(f fault.Fault) string {
	at, takes := f.Times()
	until := ""
	if takes > 0 {
		until = ", for " + units.FormatDuration(takes)
	}
	return hang(fmt.Sprintf("  at %s%s: ", units.FormatDuration(at), until), f.Explain()+" ("+fault.KindOf(f).Name+")")
}

// explainEntry describes a strategy and those beneath it. What its kind does is said
// where one first comes: told are the kinds that had their turn.
func explainEntry(e Entry, indent string, told map[string]bool, all bool) string {
	title := e.Name
	if e.Name != e.Kind {
		title += " (" + e.Kind + ")"
	}
	if k, _ := catalog.Find(e.Kind); !told[e.Kind] {
		title += ": " + k.Doc
	}
	told[e.Kind] = true
	text := hang(indent, title) + "\n"
	list := settingRows(reflect.ValueOf(e.Config).Elem(), "")
	if all {
		text += formatTable(indent+"  ", list)
	} else if given := ofEntry(e, list); given != "" {
		text += hang(indent+"  ", given) + "\n"
	}
	for _, o := range e.With {
		text += fmt.Sprintf("%s  for this strategy only: %s\n", indent, o)
	}
	if e.Over != nil {
		text += indent + "  over\n" + explainEntry(*e.Over, indent+"    ", told, all)
	}
	return text
}

// ofEntry are the settings that the scenario gives a strategy, be it its default.
func ofEntry(e Entry, list []row) string {
	var given []string
	for _, r := range list {
		field, _, _ := strings.Cut(r.name, ".")
		if r.set || e.node.Get(field) != nil {
			given = append(given, r.name+": "+r.value)
		}
	}
	return strings.Join(given, ", ")
}

// row is one setting in force.
type row struct {
	name, value, doc string
	set              bool // to something else than its default
}

// settingRows are the settings of v; nested mappings follow under dotted names. A part that
// is not there has none.
func settingRows(v reflect.Value, prefix string) []row {
	var list []row
	for _, f := range tag.Fields(v.Type()) {
		field := v.FieldByIndex(f.Index)
		_, bare := tag.Bare(f.Base())
		if part := reflect.Indirect(field); part.Kind() == reflect.Struct && !bare {
			list = append(list, settingRows(part, prefix+f.Name+".")...)
			continue
		}
		plain := reflect.New(field.Type()).Elem()
		tag.SetDefault(f, plain)
		if text := f.Format(field); text != "" {
			list = append(list, row{prefix + f.Name, text, f.Doc, text != f.Format(plain)})
		}
	}
	return list
}

// explainSettings lists the fields of a configuration with value and meaning: those
// that differ from their defaults, each on a line, or all of them in full.
func explainSettings(title string, config any, all bool) string {
	rows := slices.DeleteFunc(settingRows(reflect.ValueOf(config), ""), func(r row) bool { return !all && !r.set })
	if len(rows) == 0 {
		return ""
	}
	text := "\n" + title + "\n"
	if all {
		return text + formatTable("  ", rows)
	}
	name, value := 0, 0 // widths
	for _, r := range rows {
		name, value = max(name, utf8.RuneCountInString(r.name)), max(value, utf8.RuneCountInString(r.value))
	}
	value = min(value, screen/3)
	for _, r := range rows {
		line := fmt.Sprintf("  %-*s  %-*s  ", name, r.name, value, r.value)
		if room := screen - utf8.RuneCountInString(line); room > 0 {
			line += shorten(r.doc, room)
		}
		text += strings.TrimRight(line, " ") + "\n"
	}
	return text
}

func formatTable(indent string, rows []row) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s%s\t%s\t%s\n", indent, r.name, r.value, r.doc)
	}
	w.Flush() // a strings.Builder does not fail
	return b.String()
}

// screen is the width that lines of an explanation keep to, in columns.
const screen = 110

// hang is a text behind a lead; its further lines stand below its first.
func hang(lead, text string) string {
	indent := utf8.RuneCountInString(lead)
	return lead + strings.Join(wrapLines(text, screen-indent), "\n"+strings.Repeat(" ", indent))
}

// wrapLines folds a text and breaks it anew into lines of a width. A word that is longer has a line
// of its own.
func wrapLines(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// shorten shortens a reference text to a width: after a semicolon, or else after a word.
func shorten(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	if first, _, found := strings.Cut(text, ";"); found && utf8.RuneCountInString(first) <= width {
		return first
	}
	return strings.TrimRight(wrapLines(text, width-1)[0], ",;:") + "…"
}

// paragraphs is a text in lines, which empty lines part.
func paragraphs(text string) string {
	var list []string
	for part := range strings.SplitSeq(text, "\n\n") {
		if strings.TrimSpace(part) != "" {
			list = append(list, hang("", part))
		}
	}
	return strings.Join(list, "\n\n")
}

// titled is a text beside its title, or nothing if it is empty.
func titled(title, text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return hang(fmt.Sprintf("%-8s  ", title), text) + "\n"
}
