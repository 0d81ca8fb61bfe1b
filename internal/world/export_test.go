package world

// Open is the number of requests under way.
func (c *Clients) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}
