package world

import "github.com/herdlab/herdlab/internal/world/disk"

// DiskConfig is [disk.Config]: what is in the leaves keeps its old name here until
// those who say it say the new one.
type DiskConfig = disk.Config

// DiskStats is [disk.Stats].
type DiskStats = disk.Stats

// FilledKey is [disk.FilledKey].
func FilledKey(i int) string { return disk.FilledKey(i) }
