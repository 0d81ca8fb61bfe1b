package metrics

// DiskStats is what happened in the file caches of the boxes.
type DiskStats struct {
	Entries     int64 `json:"entries"`      // at the end, of the fullest one
	EntriesPeak int64 `json:"entries_peak"` // most at once in one of them
	Bytes       int64 `json:"bytes"`        // at the end, of the files of the largest one

	Culls  int64 `json:"culls"`
	Culled int64 `json:"culled"` // entries that they removed

	// SetCPUMS is the mean CPU time that a write cost for the sake of the other
	// entries: walking, opening and removing.
	SetCPUMS *float64 `json:"set_cpu_ms"`
}

// BoxSeries is one box over time: at the end of every window.
type BoxSeries struct {
	CPU     Floats  `json:"cpu"`     // asked of its cores in the window, as a share of them; empty where they are without limit
	Entries []int64 `json:"entries"` // on its disk
	In      []bool  `json:"in"`      // the balancer sends it requests
}
