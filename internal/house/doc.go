// Package house holds the rules of the house, as tests over the syntax trees of
// all others: who may import whom, where time may be waited for, what must be
// documented, how long a file may be and how far a type may lie scattered. There is
// nothing here to import.
//
// A gate is a function from sources to sentences, one for each fault. Every gate
// is run twice: on this repository, where it finds nothing, and on sources that
// break it, where it must say so.
package house
