//go:build race

package lab_test

// scale divides the sizes of the long tests: the race detector makes the
// simulator some twenty times slower.
const scale = 20
