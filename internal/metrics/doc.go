// Package metrics turns what happened into figures: a [Summary] is a fold over
// [Record] values and the origin's loads, and its [Run] is what reports read.
package metrics
