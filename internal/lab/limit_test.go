//go:build !race

package lab_test

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/ring"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

// limit is the model of one scenario, written by hand straight onto an event
// heap: no clock seam, no processes, no strategy code. It does what the full
// path does for naive cache-aside on boxes with workers and a queue, one cache
// node with a round trip, and an origin of fixed latency; it draws the same
// requests and keeps the same figures. It is how fast a simulator of this
// model can be, and what the full path is measured against.
type limit struct {
	sc       *scenarios.Scenario
	traffic  *workloads.Workload
	summary  *metrics.Summary
	ttl      int64
	rtt      int64
	load     int64
	timeout  int64
	heap     []limitEvent
	seq      uint64
	now      int64
	next     workloads.Request
	boxes    []limitBox
	turn     int
	ring     ring.Ring
	cache    []map[string]limitEntry // by node
	spare    []*limitJob
	deadline []limitDeadline
	head     int
	record   metrics.Record
}

type limitEvent struct {
	at   int64
	seq  uint64
	kind limitKind
	job  *limitJob
}

type limitKind uint8

const (
	limitArrive limitKind = iota
	limitGot              // the cache has answered
	limitLoaded           // the origin has answered
	limitStored           // the cache has stored
)

type limitJob struct {
	key    string
	at     int64
	box    int
	class  int
	turn   uint32
	hit    bool
	stored int64
}

type limitDeadline struct {
	at   int64
	job  *limitJob
	turn uint32
}

type limitBox struct {
	busy  int
	queue []*limitJob
	head  int
}

type limitEntry struct{ stored, expires int64 }

func newLimit(sc *scenarios.Scenario, seed uint64, ttl time.Duration) *limit {
	traffic, err := workloads.New(seed, sc.Duration, sc.Workload)
	if err != nil {
		panic(err)
	}
	cfg := metrics.Config{Duration: sc.Duration, Window: sc.Window}
	for _, c := range sc.Workload {
		cfg.Classes = append(cfg.Classes, metrics.ClassInfo{Name: c.Class, Bystander: c.Bystander()})
	}
	ring, err := ring.New(sc.Fleet.Cache.Ring, tier.Names(sc.Fleet.Cache.Nodes), nil, nil)
	if err != nil {
		panic(err)
	}
	caches := make([]map[string]limitEntry, sc.Fleet.Cache.Nodes)
	for i := range caches {
		caches[i] = make(map[string]limitEntry)
	}
	return &limit{
		sc: sc, traffic: traffic, summary: metrics.NewSummary(cfg), ttl: int64(ttl),
		rtt: int64(sc.Fleet.Cache.RTT), load: int64(sc.Fleet.Origin.Latency.Fixed), timeout: int64(sc.Client.Timeout),
		boxes: make([]limitBox, sc.Fleet.Boxes), ring: ring, cache: caches,
	}
}

func (l *limit) run() *metrics.Run {
	if l.traffic.Next(&l.next) {
		l.push(int64(l.next.At), limitArrive, nil)
	}
	for len(l.heap) > 0 {
		e := l.pop()
		l.now = e.at
		switch e.kind {
		case limitArrive:
			l.arrive()
		case limitGot:
			l.got(e.job)
		case limitLoaded:
			l.summary.LoadEnded(e.job.key, time.Duration(l.now))
			e.job.stored = l.now
			l.push(l.now+l.rtt, limitStored, e.job)
		case limitStored:
			l.node(e.job.key)[e.job.key] = limitEntry{e.job.stored, l.now + l.ttl}
			l.finish(e.job, metrics.Computed)
		}
	}
	return l.summary.Close()
}

func (l *limit) arrive() {
	for int64(l.next.At) <= l.now {
		j := l.job()
		j.key, j.at, j.class = l.next.Key, l.now, l.next.Class
		l.turn++
		j.box = l.turn % len(l.boxes)
		for l.head < len(l.deadline) && l.deadline[l.head].turn != l.deadline[l.head].job.turn {
			l.head++
		}
		if l.head > 4096 && l.head*2 > len(l.deadline) {
			l.deadline = append(l.deadline[:0], l.deadline[l.head:]...)
			l.head = 0
		}
		l.deadline = append(l.deadline, limitDeadline{l.now + l.timeout, j, j.turn})
		b := &l.boxes[j.box]
		switch {
		case b.busy < l.sc.Fleet.Workers:
			b.busy++
			l.begin(j)
		case len(b.queue)-b.head < l.sc.Fleet.Queue:
			b.queue = append(b.queue, j)
		default:
			l.record = metrics.Record{Request: workloads.Request{At: time.Duration(j.at)}, Done: time.Duration(l.now), Outcome: metrics.Rejected, Attempts: 1, Age: -1, Staleness: -1}
			l.summary.Add(&l.record)
			l.free(j)
		}
		if !l.traffic.Next(&l.next) {
			return
		}
	}
	l.push(int64(l.next.At), limitArrive, nil)
}

// begin is a worker taking the job: it asks the cache, which answers with what
// it has when it is asked.
func (l *limit) begin(j *limitJob) {
	if j.key == "" {
		l.finish(j, metrics.Served)
		return
	}
	e, ok := l.node(j.key)[j.key]
	j.hit = ok && e.expires > l.now
	j.stored = e.stored
	l.push(l.now+l.rtt, limitGot, j)
}

// node is the memory of the node that owns key.
func (l *limit) node(key string) map[string]limitEntry {
	if len(l.cache) == 1 {
		return l.cache[0]
	}
	return l.cache[l.ring.Owner(key)]
}

func (l *limit) got(j *limitJob) {
	if j.hit {
		l.finish(j, metrics.FreshHit)
		return
	}
	l.summary.LoadStarted(j.key, time.Duration(l.now))
	l.push(l.now+l.load, limitLoaded, j)
}

// finish records the job and gives its worker the next one.
func (l *limit) finish(j *limitJob, o metrics.Outcome) {
	l.record = metrics.Record{
		Request: workloads.Request{At: time.Duration(j.at), Class: j.class}, Sent: time.Duration(j.at), Done: time.Duration(l.now),
		Outcome: o, Attempts: 1, Age: -1, Staleness: -1,
	}
	if j.key != "" {
		l.record.Age = time.Duration(l.now - j.stored)
	}
	l.summary.Add(&l.record)
	b := &l.boxes[j.box]
	l.free(j)
	if b.head == len(b.queue) {
		b.busy--
		return
	}
	next := b.queue[b.head]
	b.head++
	if b.head == len(b.queue) {
		b.queue, b.head = b.queue[:0], 0
	}
	l.begin(next)
}

func (l *limit) job() *limitJob {
	if n := len(l.spare); n > 0 {
		j := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return j
	}
	return new(limitJob)
}

func (l *limit) free(j *limitJob) {
	j.turn++
	l.spare = append(l.spare, j)
}

func (a *limitEvent) before(b *limitEvent) bool {
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

func (l *limit) push(at int64, kind limitKind, j *limitJob) {
	l.seq++
	e := limitEvent{at, l.seq, kind, j}
	l.heap = append(l.heap, e)
	i := len(l.heap) - 1
	for i > 0 {
		p := (i - 1) / 4
		if !e.before(&l.heap[p]) {
			break
		}
		l.heap[i] = l.heap[p]
		i = p
	}
	l.heap[i] = e
}

func (l *limit) pop() limitEvent {
	q := l.heap
	top, last := q[0], len(q)-1
	e := q[last]
	q = q[:last]
	l.heap = q
	if last == 0 {
		return top
	}
	i := 0
	for {
		c := 4*i + 1
		if c >= last {
			break
		}
		least := c
		for k := c + 1; k < min(c+4, last); k++ {
			if q[k].before(&q[least]) {
				least = k
			}
		}
		if !q[least].before(&e) {
			break
		}
		q[i] = q[least]
		i = least
	}
	q[i] = e
	return top
}
