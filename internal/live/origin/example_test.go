package origin_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/live/origin"
)

// A database is filled once, and then loaded from.
func ExampleSQLite() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "herdlab-example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := origin.SQLite(filepath.Join(dir, "origin.db"), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	var unprepared *origin.UnpreparedError
	if errors.As(s.Check(ctx), &unprepared) {
		fmt.Println("the database", unprepared.Why)
	}

	_, err = s.Prepare(ctx, origin.Filling{Size: origin.Size{Authors: 10, Books: 30}, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		v, err := s.Load(ctx, "author:4")
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("version %d: %s\n", v.Version, v.Data)
		if _, err := s.Write(ctx, "author:4"); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// the database is empty
	// version 1: {"ids":[24,4,14],"titles":["The Cold Tail, volume 24","The Cold Copy, volume 4","The Stale Queue, volume 14"],"counts":[44,14,0],"author":4,"key":"author:4"}
	// version 2: {"ids":[24,4,14],"titles":["The Cold Tail, volume 24","The Cold Copy, volume 4","The Stale Queue, volume 14"],"counts":[45,14,0],"author":4,"key":"author:4"}
}
