package front

import (
	"container/list"

	"github.com/herdlab/herdlab/strategies"
)

// HAProxy is its cache section.
type HAProxy struct {
	TotalMaxSize  int64 `yaml:"total_max_size" default:"4MiB" unit:"bytes" min:"1MiB" max:"4GiB" doc:"its memory, in whole MiB (total-max-size); the pages that were not read for the longest make room"`
	MaxObjectSize int64 `yaml:"max_object_size" default:"0" unit:"bytes" min:"0" doc:"a page that is larger, with some 500 bytes of its head, is not kept (max-object-size); 0 is a 256th of the memory, which is 16 KiB of 4 MiB"`
}

// MaxObject is the largest page that is kept.
func (c HAProxy) MaxObject() int64 {
	if c.MaxObjectSize > 0 {
		return c.MaxObjectSize
	}
	return c.TotalMaxSize / 256
}

// Its memory is in blocks, of which a page takes as many as it and its head have (cache.c, shctx.c).
const (
	haproxyBlock = 1024
	haproxyHead  = 500 // about: the head of an answer, and what it has to say of an entry
)

// haproxy merges nothing: whoever finds no page goes to a box, and the last answer stays. It
// keeps an answer although the client has left. As measured of HAProxy 2.6.
type haproxy struct {
	*Front
	pages
	cfg    HAProxy
	free   int        // blocks
	oldest *list.List // of the names of pages, those that were not read for the longest first
	places map[string]*list.Element
}

// newHAProxy has all of its memory free. What nobody asks for any more is not looked for, as
// HAProxy has no process that expires pages: it lies there until another needs the room.
func newHAProxy(f *Front) httpCache {
	c := f.cfg.HAProxy
	return &haproxy{Front: f, pages: make(pages), cfg: c, free: int(c.TotalMaxSize / haproxyBlock), oldest: list.New(), places: make(map[string]*list.Element)}
}

// look serves a page that is fresh. One that has expired is as good as none: it is not asked for
// conditionally, and takes its memory until it is written over or makes room.
func (c *haproxy) look(v *Visit) {
	k := c.of(v)
	if k.has && c.clock.Now().Before(k.until) {
		c.oldest.MoveToBack(c.places[v.name])
		c.serve(v, v.hit())
		return
	}
	c.fetch(v)
}

// brought keeps an answer that is not too large. Its life counts from the second in which it
// came, and an entry ends with the second before: a life of 5 s is one of 4 to 5 s.
func (c *haproxy) brought(v *Visit, a Answer) Answer {
	size := int64(len(a.Entry.Data)) + haproxyHead
	if !a.good() || c.Front.cfg.MaxAge == 0 || size > c.cfg.MaxObject() {
		return a
	}
	c.drop(v.name) // an old one of the same name, whose memory is free
	blocks := int(size+haproxyBlock-1) / haproxyBlock
	for c.free < blocks && c.oldest.Len() > 0 {
		c.drop(c.oldest.Front().Value.(string))
	}
	if c.free < blocks { // of a memory that is smaller than the page
		return a
	}
	k := v.page
	k.keep(a.Entry, strategies.WholeSeconds.Ends(c.clock.Now(), c.Front.cfg.MaxAge))
	k.blocks = blocks
	c.free -= blocks
	c.places[v.name] = c.oldest.PushBack(v.name)
	return a
}

// drop is a write, or a page that makes room.
func (c *haproxy) drop(name string) {
	place := c.places[name]
	if place == nil {
		return
	}
	c.oldest.Remove(place)
	delete(c.places, name)
	c.free += c.pages[name].blocks
	c.pages[name].has = false
}

// left is a client without whom the answer is kept as well: HAProxy reads it to its end.
func (c *haproxy) left(v *Visit) bool {
	v.left = true
	c.release(v)
	return false
}
