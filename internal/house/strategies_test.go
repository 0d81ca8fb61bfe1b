package house

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/catalog"
)

// strategyFaults finds exported strategies that are not in the catalogue: types of the
// packages under strategies with a method Get(ctx, key) that returns a Result.
func strategyFaults(all []*source) []string {
	var listed []string
	for _, k := range catalog.All() {
		if s, err := catalog.Try(catalog.Choice{Kind: k.Name, Config: k.Config()}); err == nil {
			listed = append(listed, strings.TrimPrefix(fmt.Sprintf("%T", s), "*")) // package.Type
		}
	}
	var faults []string
	for _, s := range all {
		if s.isTest() || !s.under("strategies") {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Get" || !returnsResult(f) {
				continue
			}
			name := receiver(f.Recv.List[0].Type)
			if ast.IsExported(name) && !slices.Contains(listed, s.file.Name.Name+"."+name) {
				faults = append(faults, s.fault(f, "the strategy %s is not in the list: give it an entry of All in internal/catalog", name))
			}
		}
	}
	return faults
}

// returnsResult reports whether the first thing that f returns is a Result.
func returnsResult(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) == 0 {
		return false
	}
	switch t := f.Type.Results.List[0].Type.(type) {
	case *ast.Ident:
		return t.Name == "Result"
	case *ast.SelectorExpr:
		return t.Sel.Name == "Result"
	}
	return false
}

func TestStrategiesAreListed(t *testing.T) { gate(strategyFaults).holds(t) }

func TestStrategiesGate(t *testing.T) {
	gate(strategyFaults).says(t, []broken{
		{"one that nobody listed", "strategies/a.go", "package strategies\n\nfunc (u *Unlisted) Get(ctx context.Context, key string) (Result, error) { return Result{}, nil }",
			[]string{"strategies/a.go:3: the strategy Unlisted is not in the list"}},
		{"one in a package of its own", "strategies/own/a.go", "package own\n\nfunc (u Unlisted) Get(ctx context.Context, key string) (strategies.Result, error) { return strategies.Result{}, nil }",
			[]string{"strategies/own/a.go:3: the strategy Unlisted is not in the list"}},
		{"one that is listed", "strategies/a.go", "package strategies\n\nfunc (n *Naive) Get(ctx context.Context, key string) (Result, error) { return Result{}, nil }", nil},
		{"a store is none", "strategies/stores/a/a.go", "package a\n\nfunc (s *Store) Get(ctx context.Context, key string) (strategies.Entry, bool, error) { return strategies.Entry{}, false, nil }", nil},
	})
}
