package house

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// noticeFaults finds the modules that notice does not name.
func noticeFaults(notice string, modules []string) (faults []string) {
	named := strings.FieldsFunc(notice, func(r rune) bool { return strings.ContainsRune(" \n,;", r) })
	for _, m := range modules {
		if !slices.Contains(named, m) {
			faults = append(faults, fmt.Sprintf("NOTICE: %s is compiled in and not named: add it under its licence", m))
		}
	}
	return faults
}

// Whoever passes on a binary owes its users the licences of what is in it.
func TestNotice(t *testing.T) {
	notice, err := os.ReadFile(filepath.Join(root, "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./cmd/...")
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	modules = slices.Compact(modules)
	if len(modules) == 0 {
		t.Fatal("go list found no module in the commands, which have some")
	}
	for _, fault := range noticeFaults(string(notice), modules) {
		t.Error(fault)
	}
}

func TestNoticeGate(t *testing.T) {
	got := noticeFaults("MIT\n  example.com/ab\n  example.com/b   see there\n", []string{"example.com/a", "example.com/ab", "example.com/b"})
	if want := "NOTICE: example.com/a is compiled in and not named: add it under its licence"; len(got) != 1 || got[0] != want {
		t.Errorf("said %q, want %q alone", got, want)
	}
}
