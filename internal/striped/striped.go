// Package striped is a count that many processors raise at once.
package striped

import (
	"sync/atomic"
	"unsafe"
)

// Count is a count that is raised by every hit of a cache. Processors that raise one number
// wait for each other's caches, which costs more than the rest of a hit: each of its
// stripes has a cache line of its own. The zero value is zero.
type Count struct {
	stripes [16]struct {
		n atomic.Int64
		_ [120]byte // two lines of 64 bytes, which processors fetch together
	}
}

// Add raises the count by one, on a stripe that goes by where the stack of the caller
// lies: that of another goroutine lies elsewhere.
func (c *Count) Add() {
	var here byte
	at := uintptr(unsafe.Pointer(&here)) >> 11 // below which lies one stack
	c.stripes[(at^at>>4)%uintptr(len(c.stripes))].n.Add(1)
}

// Sum is the count so far. Counts that are raised meanwhile may be in it or not.
func (c *Count) Sum() (n int64) {
	for i := range c.stripes {
		n += c.stripes[i].n.Load()
	}
	return n
}
