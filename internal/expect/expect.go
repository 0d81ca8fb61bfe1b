// Package expect is the language of expectations: a comparison of figures, with
// units, that is true or false.
//
//	burst.naive.p99 < 200ms && naive.failures <= 5% * naive.requests
//
// A figure is a dotted name, whose meaning the caller knows. A literal carries
// its unit: 200ms, 5%, 1MB, 300/s. An expression is checked when it is compiled:
// only what is in one unit is compared, added or subtracted. A plain number
// stands for a count, a share, a rate or bytes; for a duration it does not, whose
// reader would have to know that durations are counted in milliseconds.
//
// From the loosest to the tightest, operators are
//
//	a ? b : c    or ||    and &&    not !    == != < <= > >=    + -    * /    -a
//
// and 1 < a <= 5 means 1 < a && a <= 5.
package expect

// Lookup says what unit a figure is counted in. For a name that means nothing it
// returns an error and the number of the part of the path that is to blame; that
// of a part which is missing is the length of the path.
type Lookup func(path []string) (u Unit, part int, err error)

// Report takes what is wrong with an expression, with the place in its text in
// characters from 0. The error may be a *spelling.Error with a hint.
type Report func(offset int, err error)

// Expression is one that has been parsed and whose units have been checked.
type Expression struct {
	root    *node
	figures []string
}

// Compile parses and checks an expression. It returns nil if it has reported
// anything.
func Compile(text string, lookup Lookup, report Report) *Expression {
	root, err := parse(text)
	if err != nil {
		report(err.offset, err.err)
		return nil
	}
	c := checker{lookup: lookup, report: report}
	c.checkWhole(root)
	if c.failed {
		return nil
	}
	return &Expression{root: root, figures: c.figures}
}

// Figures are the names of the figures in the expression, as they are written,
// each once and in the order in which they first stand there.
func (x *Expression) Figures() []string { return x.figures }

// Holds evaluates the expression with the values of its figures, in the units
// that [Unit] describes. It does not hold, and err says why, if it divides by
// zero or counts beyond all numbers in a part that decides.
func (x *Expression) Holds(value func(figure string) float64) (holds bool, err error) {
	e := evaluation{figure: value}
	holds = e.value(x.root) != 0
	return holds && e.err == nil, e.err
}
