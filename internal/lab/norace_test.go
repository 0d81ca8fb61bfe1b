//go:build !race

package lab_test

const scale = 1
