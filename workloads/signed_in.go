package workloads

import (
	"cmp"
	"math/rand/v2"
)

// SignedIn is the visitors who are signed in.
type SignedIn struct {
	Share float64 `yaml:"share" required:"true" unit:"share" min:"0" max:"1" doc:"share of the requests that signed-in users send"`
	Users int     `yaml:"users" required:"true" min:"1" max:"1000000000" doc:"how many users there are, equally active"`
}

func (s *SignedIn) check(c Class) error {
	return cmp.Or(
		refuse(c.Keys == nil, "signed_in", "signed_in needs keys: of a bystander and of a trace it is not known whose the requests are"),
		refuse(s.Users < 1, "signed_in.users", "%d users: there must be at least one", s.Users),
		checkShare("signed_in.share", s.Share),
	)
}

// visitors draws who a request belongs to.
type visitors struct {
	share  share
	users  uint64
	stream *rand.PCG
}

// newVisitors is those of a class under a seed; a class without signed_in has a
// share of 0, which draws nothing.
func newVisitors(seed uint64, c Class) visitors {
	if c.SignedIn == nil {
		return visitors{}
	}
	return visitors{shareOf(c.SignedIn.Share), uint64(c.SignedIn.Users), substream(seed, "signed_in/"+c.Class)}
}

// draw is the number of a user, counted from 1, or 0 for nobody. All users are alike:
// the bias of the remainder is below 2^-34 for the billion that there may be at most.
func (s *visitors) draw() int {
	if !s.share.hit(s.stream) {
		return 0
	}
	return 1 + int(s.stream.Uint64()%s.users)
}
