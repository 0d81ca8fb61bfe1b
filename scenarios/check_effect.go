package scenarios

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/tag"
)

// effects are the settings of a file that need another one. One that has no effect
// for any strategy, in neither world, is a mistake.
type effects struct {
	order []settings.Place
	why   map[settings.Place]string // it has none, as far as was looked
	works map[settings.Place]bool
}

// need is a setting and whether it has no effect, with the reason.
type need struct {
	path string
	moot bool
	why  string
}

// look looks at the scenario as each of its strategies sees it.
func (x *effects) look(s *Scenario, root *settings.Node) {
	for i := range s.Strategies {
		e := &s.Strategies[i]
		tree, seen := root, s
		if e.view != nil {
			tree = e.view.root
			seen, _ = s.For(*e) // what has a view can be seen
		}
		x.note(tree, needsOfWorld(seen))
		for ; e != nil; e = e.Over {
			x.note(e.node, needsByTags(reflect.ValueOf(e.Config).Elem(), ""))
		}
	}
}

func (x *effects) note(n *settings.Node, list []need) {
	for _, s := range list {
		setting := n.Find(s.path)
		switch {
		case setting == nil:
		case !s.moot:
			x.works[setting.At] = true
		case x.why[setting.At] == "": // several strategies share a setting of the file
			x.order = append(x.order, setting.At)
			x.why[setting.At] = s.why
		}
	}
}

// report refuses what has no effect. Where a command line has changed something,
// only its own settings count: it may have switched off what the file has.
func (x *effects) report(changed bool, errs *settings.Problems) {
	for _, at := range x.order {
		if !x.works[at] && (at.Source.Override || !changed) {
			errs.Addf(at, "%s", x.why[at])
		}
	}
}

// needsOfWorld are the settings of the world that need another one.
func needsOfWorld(s *Scenario) []need {
	list := append(needsByTags(reflect.ValueOf(s.Fleet), "fleet."), needsByTags(reflect.ValueOf(s.Client), "client.")...)
	list = append(list, mootInFaults(s)...)
	if keys, known := keyCount(s.Workload); known {
		why := fmt.Sprintf("warm is %d, and the classes have %s: write %d or less", s.Warm, spelling.Count(keys, "key"), keys)
		list = append(list, need{"warm", s.Warm > keys, why})
	}
	return list
}

// needsByTags are the settings of a struct, and of the structs in it, that need
// another one.
func needsByTags(v reflect.Value, path string) (list []need) {
	for _, f := range tag.Fields(v.Type()) {
		if f.With != "" {
			why := fmt.Sprintf("%s means nothing without %s%s: write that too, or remove this", f.Name, f.With, meaningOf(f.With, v.Type()))
			list = append(list, need{path + f.Name, f.Moot(v), why})
		}
		if part := reflect.Indirect(v.FieldByIndex(f.Index)); part.Kind() == reflect.Struct {
			list = append(list, needsByTags(part, path+f.Name+".")...)
		}
	}
	return list
}

// meaningOf is in brackets what the reference says of the one setting that is needed,
// as far as its first pause.
func meaningOf(with string, of reflect.Type) string {
	name, _, _ := strings.Cut(with, ": ")
	for _, f := range tag.Fields(of) {
		if f.Name == name && !strings.Contains(with, " or ") {
			return " (" + pause.Split(f.Doc, 2)[0] + ")"
		}
	}
	return ""
}

// pause ends the part of a text that stands by itself.
var pause = regexp.MustCompile(`[;:] | \(`)
