package lab

import (
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
)

// sampledBoxes is how many boxes a series is kept of.
const sampledBoxes = 8

// Sampled is a world that knows at any time what its boxes are doing.
type Sampled interface {
	Sample() []world.BoxSample
}

var _ Sampled = (*world.World)(nil)

// sampler looks at the boxes at the end of every window of the traffic. There is
// one where boxes have disks.
type sampler struct {
	world  Sampled
	clock  Clock
	window time.Duration
	cores  int

	mu     sync.Mutex
	left   int // windows to come
	last   []world.BoxSample
	series []metrics.BoxSeries
}

func newSampler(sc *scenarios.Scenario, w World, clk Clock) *sampler {
	world, ok := w.(Sampled)
	if !ok || sc.Fleet.Disk == nil {
		return nil
	}
	return &sampler{
		world: world, clock: clk, window: sc.Window, cores: sc.Fleet.Cores,
		left: int((sc.Duration + sc.Window - 1) / sc.Window), series: make([]metrics.BoxSeries, min(sampledBoxes, sc.Fleet.Boxes)),
	}
}

// begin is called when time begins.
func (s *sampler) begin() {
	if s == nil {
		return
	}
	s.last = s.world.Sample()
	s.clock.AfterFunc(s.window, s.look)
}

// look notes the boxes at the end of a window. On the wall the last look may come when
// the run has ended: left is 0 then, and it notes nothing.
func (s *sampler) look() {
	now := s.world.Sample()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == 0 {
		return
	}
	for i := range s.series {
		b := &s.series[i]
		if s.cores > 0 {
			b.CPU = append(b.CPU, float64(now[i].CPU-s.last[i].CPU)/float64(s.window)/float64(s.cores))
		}
		b.Entries = append(b.Entries, int64(now[i].Entries))
		b.In = append(b.In, now[i].In)
	}
	s.last = now
	if s.left--; s.left > 0 {
		s.clock.AfterFunc(s.window, s.look)
	}
}

// report ends the series and adds it to a run.
func (s *sampler) report(run *metrics.Run) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = 0
	run.Series.Boxes = s.series
}
