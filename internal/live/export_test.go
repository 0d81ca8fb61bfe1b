package live

import "strings"

// Addresses are where the boxes listen.
func (w *World) Addresses() (list []string) {
	for _, b := range w.boxes {
		list = append(list, strings.TrimPrefix(b.base, "http://"))
	}
	return list
}
