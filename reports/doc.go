// Package reports turns the results of a run into what people and other
// programs read: a terminal table, a web page, charts, Markdown for a pull
// request, JUnit XML for a CI server, CSV, and the format of Go benchmarks for
// benchstat. It reads results and computes nothing that is not in them.
//
// [Write] makes the whole report; each format is also a function of its own.
//
// # Several seeds
//
// Where a file holds several seeds of a strategy, a figure is the median over
// the seeds. From six seeds on it comes with a confidence interval of that
// median, of 95 % or more; with two to five seeds no such interval exists, and the
// lowest and the highest value are shown as a range. See Estimate in internal/view.
package reports
