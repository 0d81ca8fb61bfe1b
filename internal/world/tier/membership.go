package tier

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/world/ring"
)

// Membership is one box's view of which cache nodes there are and which of them
// are alive, and so of which node owns a key. After a failure a node may be left
// alone for a while, and after some in a row it is off the ring, to be tried
// again later: the states of libmemcached's servers, whose names for the settings
// are retry_timeout (FailFast), failure_limit (EjectAfter) and dead_timeout
// (RetryAfter). Safe for concurrent use.
type Membership struct {
	cfg   Config
	nodes []string
	spare ring.Ring // of the nodes after them, the gutter; nil without
	rings *rings    // of all clients of the roster
	now   func() time.Time
	flush func(i int) error // has a node forget all; nil where one that returns keeps its memory

	moved func(i int, where string) // hears of nodes that are off the ring or back on it; may be nil

	view   atomic.Pointer[view]
	before atomic.Pointer[formerView]
	faulty atomic.Bool // health has failures to forget

	mu     sync.Mutex
	listed []bool
	health []health // of the gutter's nodes too
}

// view is the ring as the box sees it. It is immutable and replaced as a whole, so
// that a reader takes no lock.
type view struct {
	ring    ring.Ring // nil where there is but one node, and it is on
	ejected int
	out     []bool // the ejected, which are on the ring all the same: the gutter stands in for them
}

// health is what one client knows of a node. Clients tell each other nothing: while a
// node dies some boxes ask it and others do not, and a key has two owners.
type health struct {
	failures  int
	restUntil time.Time // it failed, and is not asked before
	retryAt   time.Time // zero: on the ring
}

// Route is the node to ask for key, or [ErrNoNode], or [ErrResting]: its owner or,
// where that is off the ring or left alone, one of the gutter. While all is well it
// costs one load of a pointer and the ring's hash; it is asked for every operation.
func (m *Membership) Route(key string) (int, error) {
	v := m.view.Load()
	if v.ejected > 0 {
		if err := m.takeBack(); err != nil {
			return 0, err
		}
		v = m.view.Load()
	}
	i := v.owner(key)
	switch {
	case i < 0:
		return 0, ErrNoNode
	case v.out != nil && v.out[i]:
		return m.standIn(key), nil
	case m.cfg.FailFast > 0 && m.faulty.Load() && m.rests(i):
		if m.spare != nil {
			return m.standIn(key), nil
		}
		return 0, ErrResting
	}
	return i, nil
}

// owner is the node that owns key, or -1 where none is on the ring.
func (v *view) owner(key string) int {
	if v.ring == nil {
		return 0
	}
	return v.ring.Owner(key)
}

// rests reports whether node i failed so lately that it is not asked: its keys fail at
// once then, which spares the box's workers a time-out each.
func (m *Membership) rests(i int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.health[i].restUntil.After(m.now())
}

// Failed counts a failure of node i, and takes it off the ring when there have
// been enough in a row. What was asked before the node was left alone, and fails
// now, is no further failure.
func (m *Membership) Failed(i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, h := m.now(), &m.health[i]
	if h.restUntil.After(now) {
		return
	}
	m.faulty.Store(true)
	h.failures++
	h.restUntil = now.Add(m.cfg.FailFast)
	after := m.cfg.EjectAfter
	if after == 0 || h.failures < after || !h.retryAt.IsZero() || i >= len(m.nodes) {
		return
	}
	h.retryAt = now.Add(m.cfg.RetryAfter)
	if m.moved != nil {
		m.moved(i, "off")
	}
	_ = m.rebuild() // the same kind and nodes made a ring before
}

// Answered forgets the failures of node i: failure_limit counts those in a row. It is
// called for every operation, and looks at one flag while all is well.
func (m *Membership) Answered(i int) {
	if !m.faulty.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.health[i].failures, m.health[i].restUntil = 0, time.Time{}
	for i := range m.health {
		if m.health[i].failures > 0 {
			return
		}
	}
	m.faulty.Store(false)
}

// takeBack, called by whoever asks for a key while nodes are off, puts the nodes whose time has come on the ring again, emptied if that
// is wanted; one that cannot be emptied stays off. One more failure takes such a
// node off again.
func (m *Membership) takeBack() error {
	due := m.due()
	if len(due) == 0 {
		return nil
	}
	var back []int
	for _, i := range due {
		if m.flush == nil || m.flush(i) == nil {
			back = append(back, i)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, i := range back {
		m.health[i] = health{failures: m.cfg.EjectAfter - 1}
		if m.moved != nil {
			m.moved(i, "back on")
		}
	}
	return m.rebuild()
}

// due are the nodes whose time has come, each handed out once: for whoever else
// asks they are off the ring as long again.
func (m *Membership) due() (list []int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for i := range m.health {
		h := &m.health[i]
		if !h.retryAt.IsZero() && !h.retryAt.After(now) {
			h.retryAt = now.Add(m.cfg.RetryAfter)
			list = append(list, i)
		}
	}
	return list
}

// setListed puts node i on the list of nodes, or takes it off.
func (m *Membership) setListed(i int, on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listed[i] = on
	if m.cfg.LookBack > 0 {
		m.before.Store(&formerView{m.view.Load(), m.now().Add(m.cfg.LookBack)})
	}
	_ = m.rebuild() // as above
}

// rebuild makes, or finds among those built before, the ring of the nodes that are listed and not ejected; with a
// gutter, which takes the place of the ejected, of all that are listed.
func (m *Membership) rebuild() error {
	down, v := make([]bool, len(m.nodes)), new(view)
	for i := range m.nodes {
		ejected := !m.health[i].retryAt.IsZero()
		down[i] = ejected && m.spare == nil
		if ejected {
			v.ejected++
		}
		if ejected && m.spare != nil {
			v.out = append(v.out, make([]bool, len(m.nodes)-len(v.out))...)
			v.out[i] = true
		}
	}
	if len(down) > 1 || !m.listed[0] || down[0] {
		owners, err := m.rings.ring(m.cfg.Ring, m.nodes, m.listed, down)
		if err != nil {
			return err
		}
		v.ring = owners
	}
	m.view.Store(v)
	return nil
}

// formerView is the ring as it was before the list of nodes changed, for as long as one
// looks back.
type formerView struct {
	view  *view
	until time.Time
}

// Before is the node that had key before the list of nodes changed, if that was
// another one than i and lately.
func (m *Membership) Before(key string, i int) (node int, ok bool) {
	p := m.before.Load()
	if p == nil || !p.until.After(m.now()) {
		return 0, false
	}
	node = p.view.owner(key)
	return node, node >= 0 && node != i
}

// The gutter is a small pool of nodes that owns no keys. A client that gets no answer
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
