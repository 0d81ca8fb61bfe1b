package sim_test

import (
	"context"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
)

// BenchmarkSleep is one wait of one process among others: heap and switch.
func BenchmarkSleep(b *testing.B) {
	for _, processes := range []int{1, 10, 1000} {
		b.Run(map[int]string{1: "alone", 10: "of 10", 1000: "of 1000"}[processes], func(b *testing.B) {
			b.ReportAllocs()
			s := sim.New()
			err := s.Run(func() {
				for p := range processes {
					s.Go("sleeper", func() {
						for i := p; i < b.N; i += processes {
							s.Sleep(context.Background(), time.Duration(1+(i*7919)%1000))
						}
					})
				}
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkCallback is one self-renewing callback among a thousand sleepers.
func BenchmarkCallback(b *testing.B) {
	b.ReportAllocs()
	s := sim.New()
	left := b.N
	var tick func()
	tick = func() {
		if left--; left > 0 {
			s.AfterFunc(time.Duration(1+(left*7919)%1000), tick)
		}
	}
	if err := s.Run(func() {
		for range 1000 {
			s.AfterFunc(1, tick)
		}
	}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSpawn is a process that does nothing but wait once.
func BenchmarkSpawn(b *testing.B) {
	b.ReportAllocs()
	s := sim.New()
	body := func() { s.Sleep(context.Background(), 10) }
	if err := s.Run(func() {
		for range b.N {
			s.Go("short", body)
			s.Sleep(context.Background(), 1)
		}
	}); err != nil {
		b.Fatal(err)
	}
}
