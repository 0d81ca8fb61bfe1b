package scenarios

import "herdlab/internal/cluster"

// Caches are the named caches of the workload, the default one first.
func (s *Scenario) Caches() []string { return []string{cluster.DefaultCache} }
