package workloads

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// So many requests belong to users, all of whom are as active; and it changes
// nothing else.
func TestSignedIn(t *testing.T) {
	plain := []Class{{Class: "page", Rate: 1000, Keys: &Keys{Count: 100, Zipf: 0.9}, Writes: 0.1}, {Class: "other", Rate: 10}}
	with := append([]Class(nil), plain...)
	with[0].SignedIn = &SignedIn{Share: 0.3, Users: 4}
	a, b := traffic(t, plain), traffic(t, with)
	if len(a) != len(b) {
		t.Fatalf("%d requests without them, %d with", len(a), len(b))
	}
	count := make(map[int]int)
	for i := range a {
		user := b[i].User
		if b[i].Class == 0 {
			count[user]++
		} else if user != 0 {
			t.Fatal("a class without them has a user")
		}
		if b[i].User = 0; a[i] != b[i] {
			t.Fatalf("request %d is %+v, and %+v with sessions", i, a[i], b[i])
		}
	}
	all := count[0] + count[1] + count[2] + count[3] + count[4]
	if len(count) != 5 || all < 9000 {
		t.Fatalf("users: %v", count)
	}
	for user, want := range []float64{0.7, 0.075, 0.075, 0.075, 0.075} {
		if got := float64(count[user]) / float64(all); got < want-0.02 || got > want+0.02 {
			t.Errorf("user %d has %.3f of the requests, want %.3f", user, got, want)
		}
	}
}

func traffic(t *testing.T, classes []Class) (list []Request) {
	w, err := New(1, 10*time.Second, classes)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for r := range w.All() {
		list = append(list, r)
	}
	return list
}

func TestSignedInThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		class      Class
		path, says string
	}{
		{Class{Class: "c", Rate: 1, SignedIn: &SignedIn{Share: 1, Users: 1}}, "signed_in", "needs keys"},
		{Class{Class: "c", Rate: 1, Keys: &Keys{Count: 1}, SignedIn: &SignedIn{Share: 1}}, "signed_in.users", "at least one"},
		{Class{Class: "c", Rate: 1, Keys: &Keys{Count: 1}, SignedIn: &SignedIn{Share: 2, Users: 1}}, "signed_in.share", "no share"},
	} {
		var field *FieldError
		if err := c.class.Validate(); !errors.As(err, &field) || field.Path != c.path || !strings.Contains(field.Msg, c.says) {
			t.Errorf("%+v: %v, want one about %s with %q", c.class, err, c.path, c.says)
		}
	}
}
