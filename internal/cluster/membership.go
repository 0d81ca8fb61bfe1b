package cluster

import (
	"sync"
	"sync/atomic"
	"time"
)

// Membership is one box's view of which cache nodes there are and which of them
// are alive, and so of which node owns a key. After a failure a node may be left
// alone for a while, and after some in a row it is off the ring, to be tried
// again later: the states of libmemcached's servers, whose names for the settings
// are retry_timeout (FailFast), failure_limit (EjectAfter) and dead_timeout
// (RetryAfter). Safe for concurrent use.
type Membership struct {
	cfg   CacheConfig
	nodes []RingNode
	now   func() time.Time

	view   atomic.Pointer[view]
	faulty atomic.Bool // health has failures to forget

	mu     sync.Mutex
	listed []bool
	health []health
}

// view is the ring as the box sees it.
type view struct {
	ring    Ring // nil where there is but one node, and it is on
	ejected int
}

// health is what is known of a node.
type health struct {
	failures  int
	restUntil time.Time // it failed, and is not asked before
	retryAt   time.Time // zero: on the ring
}

// newMembership believes every listed node alive.
func newMembership(cfg CacheConfig, nodes []RingNode, listed []bool, now func() time.Time) (*Membership, error) {
	m := &Membership{cfg: cfg, nodes: nodes, now: now, listed: listed, health: make([]health, len(nodes))}
	return m, m.rebuild()
}

// Route is the node that owns key, or [ErrNoNode], or [ErrResting].
func (m *Membership) Route(key string) (int, error) {
	v := m.view.Load()
	if v.ejected > 0 {
		if err := m.takeBack(); err != nil {
			return 0, err
		}
		v = m.view.Load()
	}
	i := 0
	if v.ring != nil {
		if i = v.ring.Node(key); i < 0 {
			return 0, ErrNoNode
		}
	}
	if m.cfg.FailFast > 0 && m.faulty.Load() && m.rests(i) {
		return 0, ErrResting
	}
	return i, nil
}

// rests reports whether node i failed so lately that it is not asked.
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
	if after == 0 || h.failures < after || !h.retryAt.IsZero() {
		return
	}
	h.retryAt = now.Add(m.cfg.RetryAfter)
	_ = m.rebuild() // the same kind and nodes made a ring before
}

// Answered forgets the failures of node i.
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

// list puts node i on the list of nodes, or takes it off.
func (m *Membership) list(i int, on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listed[i] = on
	_ = m.rebuild() // as above
}

// rebuild makes the ring of the nodes that are listed and not ejected.
func (m *Membership) rebuild() error {
	alive, v := make([]bool, len(m.health)), new(view)
	for i := range m.health {
		ejected := !m.health[i].retryAt.IsZero()
		alive[i] = m.listed[i] && !ejected
		if ejected {
			v.ejected++
		}
	}
	if len(alive) > 1 || !alive[0] {
		ring, err := NewRing(m.cfg.Ring, m.nodes, alive)
		if err != nil {
			return err
		}
		v.ring = ring
	}
	m.view.Store(v)
	return nil
}
