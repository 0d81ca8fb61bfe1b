package metrics

// hits counts reads, and of those the hits.
type hits struct{ reads, hits int64 }

func (h *hits) add(o Outcome) {
	h.reads++
	if o.Hit() {
		h.hits++
	}
}

func (h *hits) merge(other hits) {
	h.reads += other.reads
	h.hits += other.hits
}

// ratio is nil where there were no reads.
func (h hits) ratio() *float64 {
	if h.reads == 0 {
		return nil
	}
	r := float64(h.hits) / float64(h.reads)
	return &r
}
