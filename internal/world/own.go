package world

// OwnConfig is nodes that a named cache shares with no other.
type OwnConfig struct {
	Cache  string `yaml:"cache" required:"true" doc:"a named cache of the workload"`
	Nodes  int    `yaml:"nodes" default:"1" min:"1" max:"1000" doc:"its cache servers, which faults count on from the shared ones"`
	Memory int64  `yaml:"memory" default:"0" unit:"bytes" min:"0" doc:"memory of one of them; 0 is without limit"`
}

// Apart is the configuration of such nodes: all else is as that of the shared ones.
func (c CacheConfig) Apart(o OwnConfig) CacheConfig {
	c.Nodes, c.Memory, c.Own = o.Nodes, o.Memory, nil
	return c
}

// AllNodes is the number of nodes that faults can befall.
func (c CacheConfig) AllNodes() int {
	n := c.Nodes
	for _, o := range c.Own {
		n += o.Nodes
	}
	return n
}

// of is where a named cache is: this tier, or one of its own.
func (t *Tier) of(name string) *Tier {
	for i, o := range t.cfg.Own {
		if o.Cache == name {
			return t.own[i]
		}
	}
	return t
}

// all are the nodes of this tier and of those apart, as faults count them.
func (t *Tier) all() []*node {
	list := t.nodes[:len(t.nodes):len(t.nodes)]
	for _, o := range t.own {
		list = append(list, o.nodes...)
	}
	return list
}

// allWithGutter is the number of all nodes.
func (c CacheConfig) allWithGutter() int { return c.AllNodes() + c.Gutter*(1+len(c.Own)) }
