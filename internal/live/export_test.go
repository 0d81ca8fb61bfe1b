package live

// Addresses are where the boxes listen.
func (w *World) Addresses() (list []string) {
	for _, b := range w.boxes {
		list = append(list, b.url.Host)
	}
	return list
}
