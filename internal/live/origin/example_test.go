package origin_test

import (
	"context"
	"fmt"

	"github.com/herdlab/herdlab/internal/live/origin"
)

// A database is filled once, and then loaded from.
func ExampleSQLite() {
	ctx := context.Background()
	s, err := origin.SQLite(ctx, origin.InMemory, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	fmt.Println(s.Check(ctx))

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
	// the SQLite database in memory is empty: fill it with `loadtest prepare`
	// version 1: {"ids":[24,4,14],"titles":["The Cold Tail, volume 24","The Cold Copy, volume 4","The Stale Queue, volume 14"],"counts":[44,14,0],"author":4,"key":"author:4"}
	// version 2: {"ids":[24,4,14],"titles":["The Cold Tail, volume 24","The Cold Copy, volume 4","The Stale Queue, volume 14"],"counts":[45,14,0],"author":4,"key":"author:4"}
}
