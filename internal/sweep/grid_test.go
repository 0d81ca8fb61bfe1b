package sweep

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// aGrid draws a small grid.
func aGrid(t *rapid.T) *Grid {
	g := &Grid{Scenario: "x", Seed: rapid.Uint64Range(1, 9).Draw(t, "seed"), Seeds: rapid.IntRange(1, 4).Draw(t, "seeds")}
	for i := range rapid.IntRange(1, 3).Draw(t, "axes") {
		a := Axis{Paths: []string{string(rune('a' + i))}}
		for v := range rapid.IntRange(1, 5).Draw(t, "values") {
			a.Values = append(a.Values, strings.Repeat("v", v+1))
		}
		g.Axes = append(g.Axes, a)
	}
	return g
}

// Every combination of values and seeds is one cell, and no two cells are the same.
func TestEveryCombinationIsOneCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := aGrid(t)
		seen := make(map[string]bool)
		for i := range g.Cells() {
			c := g.Cell(i)
			if c.Index != i || c.Seed < g.Seed || c.Seed >= g.Seed+uint64(g.Seeds) {
				t.Fatalf("cell %d is %+v", i, c)
			}
			name := strings.Join(g.Overrides(c.Point), " ") + " " + g.Name(c)
			if seen[name] {
				t.Fatalf("%s is there twice", name)
			}
			seen[name] = true
			if got := g.Point(g.digits(c.Point)...); got != c.Point {
				t.Fatalf("point %d has the digits of %d", c.Point, got)
			}
		}
		want := g.Seeds
		for _, a := range g.Axes {
			want *= len(a.Values)
		}
		if len(seen) != want {
			t.Fatalf("%d cells, want %d", len(seen), want)
		}
	})
}

// Mistake 1 of lowmem.py: range(1, N) never ran the last cluster. Every cell is in exactly
// one shard, the last one too, and shards differ by one cell at most.
func TestMistake1EveryCellIsInExactlyOneShard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.IntRange(1, 300).Draw(t, "cells")
		of := rapid.IntRange(1, 40).Draw(t, "shards")
		owned := make([]int, cells)
		smallest, largest := cells, 0
		for n := 1; n <= of; n++ {
			s := Shard{n, of}
			size := 0
			for cell := range cells {
				if s.Has(cell) {
					owned[cell]++
					size++
				}
			}
			if size != s.Size(cells) {
				t.Fatalf("shard %v of %d cells has %d, and says %d", s, cells, size, s.Size(cells))
			}
			smallest, largest = min(smallest, size), max(largest, size)
		}
		if i := slices.IndexFunc(owned, func(n int) bool { return n != 1 }); i >= 0 {
			t.Fatalf("cell %d of %d is in %d of %d shards", i, cells, owned[i], of)
		}
		if largest-smallest > 1 {
			t.Fatalf("shards have %d to %d cells", smallest, largest)
		}
	})
}

// Where a slow value comes back with the period of the shards, no shard gets all of it.
func TestShardsDoNotMeetTheAxis(t *testing.T) {
	const of = 4
	slow := make([]int, of+1)
	for cell := 3; cell < 400; cell += of { // the fourth of four values
		for n := 1; n <= of; n++ {
			if (Shard{n, of}).Has(cell) {
				slow[n]++
			}
		}
	}
	if slices.Min(slow[1:]) != 25 || slices.Max(slow[1:]) != 25 {
		t.Errorf("the slow cells are dealt out as %v", slow[1:])
	}
}

func TestParseShard(t *testing.T) {
	if s, err := ParseShard("3/8"); err != nil || s != (Shard{3, 8}) || s.String() != "3/8" {
		t.Errorf("%v, %v", s, err)
	}
	for text, want := range map[string]string{
		"": "is no shard", "3": "is no shard", "a/b": "is no shard",
		"0/4": "of 4 there are 1/4 to 4/4", "5/4": "of 4 there are 1/4 to 4/4", "1/0": "there is no shard 1/0",
	} {
		if _, err := ParseShard(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestCheck(t *testing.T) {
	axis := func(path string, n int) Axis { return Axis{Paths: []string{path}, Values: make([]string, n)} }
	for want, g := range map[string]Grid{
		"nothing varies":            {Seeds: 1},
		"a is varied twice":         {Seeds: 1, Axes: []Axis{axis("a", 2), axis("a", 2)}},
		"more than 100000 cells":    {Seeds: 2, Axes: []Axis{axis("a", 1000), axis("b", 1000)}},
		"0 seeds":                   {Axes: []Axis{axis("a", 2)}},
		"a has no values":           {Seeds: 1, Axes: []Axis{axis("a", 0)}},
		"9223372036854775807 seeds": {Seeds: 1<<63 - 1, Axes: []Axis{axis("a", 2)}},
	} {
		if err := g.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A strategy runs once for all points that differ in other strategies' settings.
func TestSame(t *testing.T) {
	g := Grid{Seeds: 1, Axes: []Axis{
		{Paths: []string{"strategies.mutex.wait"}, Values: []string{"1s", "2s", "5s"}},
		{Paths: []string{"fleet.workers"}, Values: []string{"10", "20"}},
	}}
	for point := range g.Points() {
		if got := g.Same(point, "mutex"); got != point {
			t.Errorf("mutex at %d does what it does at %d", point, got)
		}
		if got := g.Same(point, "naive"); got != point%2 {
			t.Errorf("naive at %d does what it does at %d, want %d", point, got, point%2)
		}
	}
}
