package workloads

import (
	"math"
	"slices"
)

// The logarithm, the exponential and the sine, the same to the last bit on every
// machine. Those of package math are not: some machines have them in assembly,
// and where a machine can multiply and add in one step the compiler may let it
// round once instead of twice. An explicit conversion forbids that (Go
// specification, "Floating-point operators"), and so every product below that is
// added to something stands in one. Errors are below 1e-15, relative, or
// absolute where the result is near zero.

const (
	ln2  = 0.6931471805599453
	step = 32 / ln2

	// stepHi + stepLo is ln2/32; stepHi has so few bits that its products with
	// the integers below 2^20 are exact.
	stepHi = 0x1.62e42fefp-6
	stepLo = 0x1.473de6af278edp-39
)

// powers is 2^(j/32).
var powers = [32]float64{
	1.0, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237,
	1.0905077326652577, 1.1143867425958924, 1.1387886347566916, 1.1637248587775775,
	1.189207115002721, 1.215247359980469, 1.241857812073484, 1.2690509571917332,
	1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832,
	1.4142135623730951, 1.4451808069770467, 1.4768261459394993, 1.5091644275934228,
	1.5422108254079407, 1.5759808451078865, 1.6104903319492543, 1.645755478153965,
	1.681792830507429, 1.718619298122478, 1.7562521603732995, 1.7947090750031072,
	1.8340080864093424, 1.8741676341103, 1.9152065613971474, 1.9571441241754002,
}

// logs is ln(1 + j/32).
var logs = [33]float64{
	0.0, 0.030771658666753687, 0.06062462181643484, 0.08961215868968714,
	0.11778303565638346, 0.1451820098444979, 0.17185025692665923, 0.19782574332991987,
	0.22314355131420976, 0.24783616390458127, 0.27193371548364176, 0.2954642128938359,
	0.3184537311185346, 0.3409265869705932, 0.3629054936893685, 0.38441169891033206,
	0.4054651081081644, 0.4260843953109001, 0.44628710262841953, 0.46608972992459924,
	0.4855078157817008, 0.5045560107523953, 0.5232481437645479, 0.5415972824327444,
	0.5596157879354227, 0.5773153650348236, 0.5947071077466928, 0.6118015411059929,
	0.6286086594223741, 0.6451379613735847, 0.661398482245365, 0.6773988235918061,
	0.6931471805599453,
}

// inverses is 1 / (1 + j/32).
var inverses = [33]float64{
	1.0, 0.9696969696969697, 0.9411764705882353, 0.9142857142857143,
	0.8888888888888888, 0.8648648648648649, 0.8421052631578947, 0.8205128205128205,
	0.8, 0.7804878048780488, 0.7619047619047619, 0.7441860465116279,
	0.7272727272727273, 0.7111111111111111, 0.6956521739130435, 0.6808510638297872,
	0.6666666666666666, 0.6530612244897959, 0.64, 0.6274509803921569,
	0.6153846153846154, 0.6037735849056604, 0.5925925925925926, 0.5818181818181818,
	0.5714285714285714, 0.5614035087719298, 0.5517241379310345, 0.5423728813559322,
	0.5333333333333333, 0.5245901639344263, 0.5161290322580645, 0.5079365079365079,
	0.5,
}

// ln is the natural logarithm of x, which must be positive, finite and normal.
// With x = 2^e m and m close to c = 1 + j/32 it is e ln 2 + ln c + ln(1+r),
// r = (m-c)/c, and r is below 1/64, so that eight terms of the series will do.
func ln(x float64) float64 {
	bits := math.Float64bits(x)
	e := float64(int(bits>>52) - 1023)
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52)
	j := (bits>>46&63 + 1) >> 1
	r := float64((m - (1 + float64(j)*(1.0/32))) * inverses[j])
	r2 := float64(r * r)
	low := r - float64(r2*(0.5-float64(r*(1.0/3))))
	high := (-0.25 + float64(r*(1.0/5))) + float64(r2*((-1.0/6+float64(r*(1.0/7)))-float64(r2*(1.0/8))))
	return (float64(e*ln2) + logs[j]) + (low + float64(float64(r2*r2)*high))
}

// exp is e to the power of x. With x = (k/32) ln 2 + r it is 2^(k/32) e^r, and r
// is below 1/92, so that six terms of the series will do.
func exp(x float64) float64 {
	switch {
	case x > 709:
		return math.Inf(1)
	case x < -708:
		return 0
	}
	k := math.Floor(float64(x*step) + 0.5)
	r := (x - float64(k*stepHi)) - float64(k*stepLo)
	r2 := float64(r * r)
	low := r + float64(r2*(0.5+float64(r*(1.0/6))))
	high := 1.0/24 + float64(r*(1.0/120)) + float64(r2*(1.0/720))
	p := low + float64(float64(r2*r2)*high)
	n := int(k)
	t := powers[n&31]
	return (t + float64(t*p)) * math.Float64frombits(uint64(n>>5+1023)<<52)
}

// sincos is the sine and the cosine of a number of full turns.
func sincos(turns float64) (sin, cos float64) {
	turns -= math.Floor(turns)
	quarter := math.Floor(float64(turns*4) + 0.5)
	x := float64((turns - float64(quarter*0.25)) * (2 * math.Pi)) // within an eighth of a turn of 0
	x2 := float64(x * x)
	s := x * series(x2, -1.0/6, 1.0/120, -1.0/5040, 1.0/362880, -1.0/39916800, 1.0/6227020800, -1.0/1307674368000)
	c := series(x2, -1.0/2, 1.0/24, -1.0/720, 1.0/40320, -1.0/3628800, 1.0/479001600, -1.0/87178291200)
	switch int(quarter) & 3 {
	case 1:
		return c, -s
	case 2:
		return -s, -c
	case 3:
		return -c, s
	}
	return s, c
}

// series is 1 + a x + b x^2 + ...
func series(x float64, factors ...float64) float64 {
	y := 0.0
	for _, f := range slices.Backward(factors) {
		y = f + float64(x*y)
	}
	return 1 + float64(x*y)
}
