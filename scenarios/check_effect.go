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

// need is a setting that needs another one, and whether it has no effect without it,
// with the reason.
type need struct {
	path string
	moot bool
	why  func() string  // asked for what is refused alone: a sweep looks at a setting a thousand times
	at   settings.Place // of the setting in the file
}

// effects are the needs of the settings that a file has. A setting without effect for
// any strategy, in neither world, is a mistake.
type effects []need

// look looks at the scenario as each of its strategies sees it.
func (x *effects) look(s *Scenario) {
	for i := range s.Strategies {
		e := &s.Strategies[i]
		x.note(e.view.root, needsOfWorld(e.view.Scenario))
		for ; e != nil; e = e.Over {
			x.note(e.node, needsByTags(reflect.ValueOf(e.Config).Elem(), ""))
		}
	}
}

func (x *effects) note(n *settings.Node, list []need) {
	for _, setting := range list {
		if written := n.Find(setting.path); written != nil {
			setting.at = written.At
			*x = append(*x, setting)
		}
	}
}

// report refuses what has no effect. Several strategies share a setting of the file,
// and one for which it works is enough. Where a command line has changed something,
// only its own settings count: it may have switched off what the file has.
func (x effects) report(changed bool, errs *settings.Problems) {
	done := map[settings.Place]bool{} // what works, or is refused
	for _, setting := range x {
		done[setting.at] = done[setting.at] || !setting.moot
	}
	for _, setting := range x {
		if at := setting.at; !done[at] && (at.Source.Override || !changed) {
			errs.Addf(at, "%s", setting.why())
			done[at] = true
		}
	}
}

// needsOfWorld are the settings of the world that need another one.
func needsOfWorld(s *Scenario) []need {
	list := append(needsByTags(reflect.ValueOf(s.Fleet), "fleet."), needsByTags(reflect.ValueOf(s.Client), "client.")...)
	list = append(list, mootInFaults(s)...)
	if keys, known := keyCount(s.Workload); known {
		why := func() string {
			return fmt.Sprintf("warm is %d, and the classes have %s: write %d or less", s.Warm, spelling.Count(keys, "key"), keys)
		}
		list = append(list, need{path: "warm", moot: s.Warm > keys, why: why})
	}
	return list
}

// needsByTags are the settings of a struct, and of the structs in it, that need
// another one.
func needsByTags(v reflect.Value, path string) (list []need) {
	for _, f := range tag.Fields(v.Type()) {
		if f.With != "" {
			why := func() string {
				return fmt.Sprintf("%s means nothing without %s%s: write that too, or remove this", f.Name, f.With, meaningOf(f.With, v.Type()))
			}
			list = append(list, need{path: path + f.Name, moot: f.Moot(v), why: why})
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
