package workloads

import (
	"cmp"
	"time"
)

// Flash is a crowd on top of the class's rate: the rate rises evenly to its
// height, stays there, and falls evenly.
type Flash struct {
	At   time.Duration `yaml:"at" default:"0s" min:"0s" doc:"when it begins to rise, from the start of the run"`
	Peak float64       `yaml:"peak" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"what it adds to the rate at its peak"`
	Rise time.Duration `yaml:"rise" default:"0s" min:"0s" doc:"time to reach the peak"`
	Hold time.Duration `yaml:"hold" default:"0s" min:"0s" doc:"time at the peak"`
	Fall time.Duration `yaml:"fall" default:"0s" min:"0s" doc:"time to return to nothing"`
}

func (f *Flash) check(c Class) error {
	return cmp.Or(
		checkRate("flash.peak", f.Peak),
		refuse(f.Peak == 0, "flash.peak", "a crowd of 0/s has no requests"),
		refuse(f.At < c.From, "flash.at", "the crowd comes at %v, and its class begins at %v", f.At, c.From),
		refuse(f.Rise < 0, "flash.rise", "%v is negative", f.Rise),
		refuse(f.Hold < 0, "flash.hold", "%v is negative", f.Hold),
		refuse(f.Fall < 0, "flash.fall", "%v is negative", f.Fall),
		refuse(max(f.Rise, f.Hold, f.Fall) == 0, "flash.hold", "the crowd is gone at once: say how long it rises, holds or falls"),
	)
}

// pacers is the crowd and the rate that it comes on top of: one polyline, since
// two would be two independent streams of arrivals.
func (f *Flash) pacers(c Class, _ time.Duration) []pacer {
	high := c.Rate + f.Peak
	return []pacer{polyline{}.
		then(f.At-c.From, c.Rate, c.Rate).
		then(f.Rise, c.Rate, high).
		then(f.Hold, high, high).
		then(f.Fall, high, c.Rate).
		then(0, c.Rate, c.Rate)}
}
