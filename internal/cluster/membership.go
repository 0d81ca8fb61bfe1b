package cluster

import (
	"sync"
	"sync/atomic"
	"time"
)

// Membership is one box's view of which cache nodes are alive, and so of which
// node owns a key: after some failures in a row a node is off the ring, and is
// tried again later. Safe for concurrent use.
type Membership struct {
	cfg   CacheConfig
	nodes []RingNode
	now   func() time.Time

	view   atomic.Pointer[view]
	faulty atomic.Bool // health has failures to forget

	mu     sync.Mutex
	health []health
}

// view is the ring as the box sees it.
type view struct {
	ring    Ring // nil where there is but one node, and it is on
	ejected int
}

// health is what is known of a node.
type health struct {
	failures int
	retryAt  time.Time // zero: on the ring
}

// NewMembership believes every node alive.
func NewMembership(cfg CacheConfig, nodes []RingNode, now func() time.Time) (*Membership, error) {
	m := &Membership{cfg: cfg, nodes: nodes, now: now, health: make([]health, len(nodes))}
	return m, m.rebuild()
}

// Route is the node that owns key, or [ErrNoNode].
func (m *Membership) Route(key string) (int, error) {
	v := m.view.Load()
	if v.ejected > 0 {
		if err := m.takeBack(); err != nil {
			return 0, err
		}
		v = m.view.Load()
	}
	if v.ring == nil {
		return 0, nil
	}
	i := v.ring.Node(key)
	if i < 0 {
		return 0, ErrNoNode
	}
	return i, nil
}

// Failed counts a failure of node i, and takes it off the ring when there have
// been enough in a row.
func (m *Membership) Failed(i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faulty.Store(true)
	h := &m.health[i]
	h.failures++
	after := m.cfg.EjectAfter
	if after == 0 || h.failures < after || !h.retryAt.IsZero() {
		return
	}
	h.retryAt = m.now().Add(m.cfg.RetryAfter)
	_ = m.rebuild() // the same kind and nodes made a ring before
}

// Answered forgets the failures of node i.
func (m *Membership) Answered(i int) {
	if !m.faulty.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.health[i].failures = 0
	for i := range m.health {
		if m.health[i].failures > 0 {
			return
		}
	}
	m.faulty.Store(false)
}

// takeBack puts the nodes whose time has come on the ring again. One more
// failure takes such a node off again.
func (m *Membership) takeBack() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	changed := false
	for i := range m.health {
		h := &m.health[i]
		if !h.retryAt.IsZero() && !h.retryAt.After(now) {
			*h = health{failures: m.cfg.EjectAfter - 1}
			changed = true
		}
	}
	if !changed {
		return nil
	}
	return m.rebuild()
}

// rebuild makes the ring of the nodes that are not ejected.
func (m *Membership) rebuild() error {
	alive, v := make([]bool, len(m.health)), new(view)
	for i := range m.health {
		alive[i] = m.health[i].retryAt.IsZero()
		if !alive[i] {
			v.ejected++
		}
	}
	if len(alive) > 1 || v.ejected > 0 {
		ring, err := NewRing(m.cfg.Ring, m.nodes, alive)
		if err != nil {
			return err
		}
		v.ring = ring
	}
	m.view.Store(v)
	return nil
}
