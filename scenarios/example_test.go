package scenarios_test

import (
	"errors"
	"fmt"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/scenarios"
)

func ExampleRead() {
	_, err := scenarios.Read("burst.yaml", []byte(`
duration: 30s
fleet:
  wrokers: 50
  origin: {latency: 5s}
workload:
  - {class: page, rate: 100/s, keys: {count: 1}}
strategies:
  naive: {ttl: 4h}
`), nil)
	fmt.Println(err)
	var first *scenarios.Error
	if errors.As(err, &first) {
		fmt.Print(first.Excerpt())
	}
	// Output:
	// burst.yaml:4:3: fleet has no field "wrokers"; did you mean "workers"?
	//    4 |   wrokers: 50
	//          ^
}

func ExampleExpectation_Check() {
	s, err := scenarios.Named("burst", []string{"expect=[mutex.computes == 1 && mutex.failures == 999]"})
	if err != nil {
		fmt.Println(err)
		return
	}
	measured := map[string][]float64{"computes": {1}, "failures": {998}}
	holds, reason := s.Expect[0].Check(func(f figures.Figure, _, _, _ string) []float64 { return measured[f.Name] })
	fmt.Println(holds)
	fmt.Println(reason)
	// Output:
	// false
	// mutex.computes = 1, mutex.failures = 998
}
