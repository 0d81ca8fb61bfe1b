package world

import "errors"

// The gutter is a small pool of nodes that owns no keys. Whoever gets no answer
// from the owner of a key asks there instead, so that the keys of a dead node fall
// neither on the origin nor on the other nodes, one of which its hottest keys might
// take down with it. Its entries live for a short time and nobody invalidates
// them. It is from "Scaling Memcache at Facebook" (NSDI 2013), section 3.3, where it
// has about 1 % of the nodes.

// standIn is the node of the gutter that is asked for key.
func (m *Membership) standIn(key string) int { return len(m.nodes) + m.spare.Owner(key) }

// Instead is the node to ask for key after node i has given no answer.
func (m *Membership) Instead(key string, i int) (node int, ok bool) {
	if m.spare == nil || i >= len(m.nodes) {
		return 0, false
	}
	return m.standIn(key), true
}

// unanswered reports whether an operation failed for want of an answer.
func unanswered(err error) bool { return errors.Is(err, ErrRefused) || errors.Is(err, ErrNoAnswer) }
