package origin_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/live/origin"
)

func TestCancelled(t *testing.T) {
	cause := errors.New("the caller left")
	eachDatabase(t, func(t *testing.T, s *origin.SQL, reopen func() *origin.SQL) {
		prepare(t, s, origin.Filling{Size: small, Seed: 1})
		ctx, cancel := context.WithCancelCause(background)
		cancel(cause)
		_, loaded := s.Load(ctx, "author:1")
		_, written := s.Write(ctx, "author:1")
		_, prepared := s.Prepare(ctx, origin.Filling{Size: small, Seed: 1, Force: true})
		for i, err := range []error{loaded, written, prepared, s.Check(ctx)} {
			if err != cause {
				t.Errorf("call %d: %v, want the cause", i, err)
			}
		}
		if _, version := load(t, s, "author:1"); version != 1 {
			t.Errorf("a cancelled write made version %d", version)
		}

		// In the middle of a refill. The next one sets it right.
		ctx, cancel = context.WithCancelCause(background)
		_, err := s.Prepare(ctx, origin.Filling{Size: small, Seed: 2, Force: true, Progress: func(done, _ int) {
			if done == 1000 {
				cancel(cause)
			}
		}})
		if err != cause {
			t.Fatalf("a cancelled refill: %v", err)
		}
		whole := !strings.Contains(s.String(), "PostgreSQL")
		if whole { // a file is replaced at the end, or not at all
			if _, err := s.Prepare(background, origin.Filling{Size: small, Seed: 1}); err != nil {
				t.Errorf("the old file is no longer right: %v", err)
			}
			return
		}
		_, loaded = s.Load(background, "author:1")
		want(t, loaded, "is half filled", "`loadtest prepare`")
		want(t, s.Check(background), "is half filled (1000 of 1230 books)", "`loadtest prepare`")
		var begun []int
		prepare(t, s, origin.Filling{Size: small, Seed: 2, Progress: func(done, _ int) { begun = append(begun, done) }})
		if diff := gocmp.Diff([]int{1000, 1230}, begun); diff != "" {
			t.Errorf("it did not go on where it was: %s", diff)
		}
		got, _ := load(t, s, "author:1")
		if diff := gocmp.Diff(plainTopTen(origin.Rows(small, 2), 1, "author:1"), got); diff != "" {
			t.Error(diff)
		}
	})
}
