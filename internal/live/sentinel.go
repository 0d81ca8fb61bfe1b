package live

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// Sentinels tell whether a machine was free for a measurement: on each core something that
// asks for next to nothing sleeps, and notes how late it wakes. Whatever holds it up held up
// boxes, cache and clients too. The lab's own work does so for a moment at a time; what
// others do, for as long as they please.
type Sentinels struct {
	stop  chan struct{}
	done  sync.WaitGroup
	steal stealing

	mu   sync.Mutex
	late []time.Duration
}

// nap is for how long a sentinel sleeps.
const nap = 5 * time.Millisecond

// Disturbance is what sentinels found.
type Disturbance struct {
	Late    time.Duration // how late a process woke, in the worst hundredth of the cases
	Longest time.Duration // and at most
	Stolen  float64       // share of the time of the cores that the hypervisor gave to others
}

// What is not much of a disturbance yet: latencies are compared to 5 ms.
const (
	lateEnough   = 5 * time.Millisecond
	stolenEnough = 0.01
)

// Much reports whether any figure that is off may be the machine's fault.
func (d Disturbance) Much() bool { return d.Late > lateEnough || d.Stolen > stolenEnough }

// Watch posts the sentinels.
func Watch() *Sentinels {
	s := &Sentinels{stop: make(chan struct{}), steal: readStealing()}
	for core := range runtime.NumCPU() {
		s.done.Add(1)
		go s.sleep(core)
	}
	return s
}

// sleep is one sentinel. Its thread ends with it, and with the thread what it is bound to.
func (s *Sentinels) sleep(core int) {
	defer s.done.Done()
	runtime.LockOSThread()
	bind(core)
	var late []time.Duration
	for {
		select {
		case <-s.stop:
			s.mu.Lock()
			defer s.mu.Unlock()
			s.late = append(s.late, late...)
			return
		default:
		}
		begun := time.Now()
		sleepThread(nap)
		late = append(late, time.Since(begun)-nap)
	}
}

// Stop calls the sentinels back.
func (s *Sentinels) Stop() Disturbance {
	close(s.stop)
	s.done.Wait()
	d := Disturbance{Stolen: readStealing().since(s.steal)}
	if n := len(s.late); n > 0 {
		slices.Sort(s.late)
		d.Late, d.Longest = s.late[n*99/100], s.late[n-1]
	}
	return d
}

// stealing is the time of all cores since the machine began, and of that what was given to
// others, in ticks; it is nothing where nobody counts.
type stealing struct{ all, stolen uint64 }

// since is the share that was stolen since then.
func (s stealing) since(then stealing) float64 {
	if s.all <= then.all || s.stolen < then.stolen {
		return 0
	}
	return float64(s.stolen-then.stolen) / float64(s.all-then.all)
}
