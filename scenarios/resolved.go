package scenarios

import (
	"fmt"
	"path/filepath"
	"reflect"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
)

// Resolved are the settings in force for all strategies of the scenario that are not at
// their defaults, by their path and as a file would write them. Two files that differ in
// comments, order or spelling have the same. Seeds are none of them, nor is what is only
// said about results: budget, expectations, story.
func Resolved(s *Scenario) map[string]string {
	all := map[string]string{"duration": units.FormatDuration(s.Duration), "window": units.FormatDuration(s.Window)}
	for _, p := range s.Phases {
		all["phases."+p.Name] = tag.FormatStruct(reflect.ValueOf(p))
	}
	addResolved(all, s)
	return all
}

// ResolvedFor are those of one strategy: its own, and those of the scenario that its
// overrides change, which are empty where that is back to the default.
func ResolvedFor(s *Scenario, e Entry) (map[string]string, error) {
	seen, err := s.For(e)
	if err != nil {
		return nil, err
	}
	own := make(map[string]string)
	if seen != s {
		shared := make(map[string]string)
		addResolved(shared, s)
		addResolved(own, seen)
		for path, value := range shared {
			if now, ok := own[path]; !ok {
				own[path] = ""
			} else if now == value {
				delete(own, path)
			}
		}
	}
	for under, at := &e, "strategy"; under != nil; under, at = under.Over, at+".over" {
		own[at] = under.Kind
		if under.Config != nil { // a program of somebody else's has none
			addSettings(own, at+".", reflect.ValueOf(under.Config).Elem())
		}
	}
	return own, nil
}

// addResolved adds what an override of a strategy may change.
func addResolved(to map[string]string, s *Scenario) {
	if s.Warm > 0 {
		to["warm"] = fmt.Sprint(s.Warm)
	}
	if s.Idle > 0 {
		to["idle"] = units.FormatDuration(s.Idle)
	}
	addSettings(to, "fleet.", reflect.ValueOf(s.Fleet))
	addSettings(to, "client.", reflect.ValueOf(s.Client))
	for _, class := range s.Workload {
		path := "workload." + class.Class + "."
		addSettings(to, path, reflect.ValueOf(class))
		delete(to, path+"class")
		if class.Trace != nil { // where it lies is the machine's
			to[path+"trace.file"] = filepath.Base(class.Trace.File)
			for i, name := range class.Trace.Files {
				to[fmt.Sprintf("%strace.files.%d", path, i)] = filepath.Base(name)
			}
			delete(to, path+"trace.files")
		}
	}
	for i, f := range s.Faults {
		to[fmt.Sprintf("faults.%d", i)] = fault.KindOf(f).Name + " " + tag.FormatStruct(reflect.ValueOf(f))
	}
}

// addSettings adds those of a configuration that are not at their defaults. A part that
// need not be there, as a front, is one of them by being there.
func addSettings(to map[string]string, prefix string, config reflect.Value) {
	for _, r := range settingRows(config, prefix) {
		if r.set {
			to[r.name] = r.value
		}
	}
	for _, f := range tag.Fields(config.Type()) {
		part := config.FieldByIndex(f.Index)
		if _, bare := tag.Bare(f.Base()); part.Kind() != reflect.Pointer || part.IsNil() || part.Elem().Kind() != reflect.Struct || bare {
			continue
		}
		if tag.FormatStruct(part.Elem()) == "{}" {
			to[prefix+f.Name] = "{}"
		}
	}
}
