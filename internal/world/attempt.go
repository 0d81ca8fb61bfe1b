package world

import (
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// attempt is one try at a request, as the clients keep it and as the front sees it. It is used again when both the box and the
// time-out are done with it, so that an attempt costs no allocation.
type attempt struct {
	Job
	clients *Clients
	request *request     // nil once the client has left
	box     *Box         // that has it; nil while it is at a front
	visit   *front.Visit // of the front that has it
	turn    uint32       // counts the uses; a note of an earlier one is void
	atFront timeline.Span
}

// Asked is what the front is asked for.
func (a *attempt) Asked() (page string, user int, write bool) {
	return a.Key, a.User, a.Op == workloads.Write
}

// Forward is the front going to a box. The box answers by Done, as it does without
// a front, and never to the front itself.
func (a *attempt) Forward() bool {
	a.atFront.End("passed on to a box", nil)
	a.box = a.clients.balancer.Pick(a.Key)
	return a.box != nil && a.box.Submit(&a.Job)
}

// Renew has a box answer the same question once more, in a job of the front's.
func (a *attempt) Renew(done func(front.Answer)) bool {
	box := a.clients.balancer.Pick(a.Key)
	return box != nil && box.Submit(&Job{Request: a.Request, Done: func(j *Job) { done(j.frontAnswer()) }})
}

// Answer is the front's own answer.
func (a *attempt) Answer(by front.Answer) {
	a.takeAnswer(by)
	a.atFront.End("answers by itself", nil)
	a.Done(&a.Job)
}

// takeAnswer makes an answer of the front the job's own.
func (a *attempt) takeAnswer(by front.Answer) {
	a.Outcome, a.Stored, a.Version, a.Data = by.Outcome, by.Entry.Stored, by.Entry.Version, by.Entry.Data
}

// leaveFront tells the front of the attempt's end and takes what it makes of it: an
// old page, where it has one, in place of a failure, and of an answer that was lost: then it is
// answered all the same.
func (a *attempt) leaveFront(f *front.Front) (answered bool) {
	v := a.visit
	a.visit = nil
	answer := f.Ended(v, a.frontAnswer())
	a.takeAnswer(answer)
	return !answer.Lost
}

// frontAnswer is a box's answer as a front sees it.
func (j *Job) frontAnswer() front.Answer {
	return front.Answer{
		Outcome: j.Outcome, Lost: j.lost,
		Entry: strategies.Entry{Value: strategies.Value{Data: j.Data, Version: j.Version}, Stored: j.Stored},
	}
}
