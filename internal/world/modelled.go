package world

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// Modelled makes the parts of a world in virtual time. The fields are set when the
// world is made, for tests and for parts that know each other: the front asks the
// tier's node itself, and clients learn a value's staleness from the origin without a
// question that would take time.
type Modelled struct {
	Tier    *tier.Tier
	Origin  *origin.Origin
	Clients *Clients
	Front   *front.Front // nil without

	cfg Config
	env Environment
}

// NewModelled returns a maker of the parts of one world.
func NewModelled(cfg Config, env Environment) *Modelled { return &Modelled{cfg: cfg, env: env} }

// NewTier makes the cache nodes, up and empty.
func (m *Modelled) NewTier() (TierPart, error) {
	m.Tier = tier.New(m.env.Clock, m.cfg.Fleet.Cache, fault.Listed(m.cfg.Fleet.Cache.Nodes, m.cfg.Faults), m.env.Rand("cache"))
	m.Tier.OnRead(m.env.CacheRead)
	m.Tier.OnMove(m.env.Mark)
	m.Tier.Watch(m.env.Gauges)
	return modelledTier{m.Tier, m.env}, nil
}

// NewOrigin makes the origin.
func (m *Modelled) NewOrigin() (OriginPart, error) {
	m.Origin = origin.New(m.env.Clock, m.cfg.Fleet.Origin, m.env.Rand("origin"), m.env.Size, m.env.Observer)
	m.Origin.Watch(m.env.Gauges)
	return m.Origin, nil
}

// NewDisk makes the disk of a box.
func (m *Modelled) NewDisk(b *Box) (DiskPart, error) {
	return modelledDisk{disk.New(m.env.Clock, *m.cfg.Fleet.Disk, b, m.env.Size, m.env.Rand(fmt.Sprintf("disk/%d", b.number))), m.env}, nil
}

// NewFront makes the front before the balancer.
func (m *Modelled) NewFront(w *World) (FrontPart, error) {
	m.Front = front.New(m.env.Clock, *m.cfg.Fleet.Front, w.site, m.Tier)
	m.Front.Watch(m.env.Gauges)
	return m.Front, nil
}

// NewLoad makes the clients, which hand their requests to the front or the boxes by a
// call. The network between them is a constant in the latency (client.rtt).
func (m *Modelled) NewLoad(w *World) (LoadPart, error) {
	m.Clients = NewClients(m.env.Clock, m.cfg.Client, w.Balancer, m.Origin, m.env.Rand("clients"), m.env.Record)
	m.Clients.front, m.Clients.trace = m.Front, m.env.Timelines
	return m.Clients, nil
}

// Close has an origin go on that hangs to the end, so that what waits there ends, too. All
// else that is modelled is gone with its world.
func (m *Modelled) Close() {
	if m.Origin != nil {
		_ = m.Origin.Change(func(o *fault.OriginState) { o.Hangs = false })
	}
}

// modelledTier is a Tier whose clients a world knows.
type modelledTier struct {
	*tier.Tier
	env Environment
}

func (t modelledTier) Client(box int, cache, prefix string) (TierClient, error) {
	c, err := t.Tier.Client(box, cache, prefix)
	if err != nil || t.env.Timelines == nil {
		return c, err
	}
	return tracedClient{c, t.env.Clock.Now}, nil
}

// modelledDisk is a Disk as a world knows it: nothing goes wrong with it.
type modelledDisk struct {
	*disk.Disk
	env Environment
}

func (d modelledDisk) Client(locks tier.Locks, prefix string) ProgramCache {
	c := d.Disk.Client(locks, prefix)
	if d.env.Timelines == nil {
		return c
	}
	return tracedDisk{c, d.env.Clock.Now}
}
func (d modelledDisk) Wipe() error                { d.Disk.Wipe(); return nil }
func (d modelledDisk) Stats() (disk.Stats, error) { return d.Disk.Stats(), nil }
