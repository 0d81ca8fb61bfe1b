package charts

import "math"

// figure is one number of one strategy that a title speaks of.
type figure struct {
	name  string
	value float64
}

// extremes are the strategies with the lowest and the highest figure, the first
// of the file among equals, and the number of those that have one.
func extremes(list []figure) (lowest, highest figure, n int) {
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

// alike reports whether two figures differ by less than a tenth: too little
// for a title to set one against the other.
func alike(a, b float64) bool { return math.Abs(a-b) <= 0.1*max(math.Abs(a), math.Abs(b)) }

// peaks are the highest values of the curves outside the warm-up, a figure per
// strategy.
func (s scene) peaks(curves []curve) []figure {
	list := make([]figure, len(curves))
	for i, c := range curves {
		list[i] = figure{s.Groups[i].Name, math.NaN()}
		for j, v := range c.mid {
			if !s.warmUp(c.x[j]) && !math.IsNaN(v) && !(list[i].value >= v) {
				list[i].value = v
			}
		}
	}
	return list
}

// warmUp reports whether an instant in ms counts in no figure.
func (s scene) warmUp(at float64) bool {
	for _, p := range s.Phases {
		if p.WarmUp && p.FromMS <= at && at < p.ToMS {
			return true
		}
	}
	return false
}
