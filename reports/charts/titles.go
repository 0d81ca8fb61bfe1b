package charts

import "math"

// A title says what is to be seen: which strategy is at one end, which at the other,
// and how far apart they are. Every chart makes its own sentence of these.

// strategyValue is one number of one strategy that a title speaks of.
type strategyValue struct {
	name  string
	value float64
}

// lowestAndHighest are the strategies with the lowest and the highest figure, the first
// of the file among equals, and the number of those that have one.
func lowestAndHighest(list []strategyValue) (lowest, highest strategyValue, n int) {
	for _, f := range list {
		if math.IsNaN(f.value) {
			continue
		}
		if n == 0 || f.value < lowest.value {
			lowest = f
		}
		if n == 0 || f.value > highest.value {
			highest = f
		}
		n++
	}
	return lowest, highest, n
}

// nearlyEqual reports whether two figures differ by less than a tenth: too little
// for a title to set one against the other.
func nearlyEqual(a, b float64) bool { return math.Abs(a-b) <= 0.1*max(math.Abs(a), math.Abs(b)) }
