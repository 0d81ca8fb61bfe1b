package reports

import "herdlab/internal/metrics"

// roleInk colours the variants of a story, the same in every report: red for
// what was before, amber for a tempting fix, blue and green for what helps.
// Those of a role differ among themselves. The first of each can be told apart
// by colour-blind people too (Okabe and Ito, Color Universal Design, 2008).
var roleInk = map[string][]uint32{
	metrics.Before: {0xC5341B, 0x8A2F3C, 0xE07A5F},
	metrics.Wrong:  {0xE69A00, 0xB98A3D, 0x8C6D1F, 0xC9B458, 0x5F4B14},
	metrics.After:  {0x0072B2, 0x009E73, 0x56A6D9, 0x4B5FA6, 0x5DAE4B},
}

// paint gives every group its colour: by its role, or by its place in the file
// where the file tells no story.
func paint(list []group) {
	seen := make(map[string]int)
	for i := range list {
		palette, ok := roleInk[list[i].role]
		if !ok {
			list[i].ink = strategyInk[i%len(strategyInk)]
			continue
		}
		n := seen[list[i].role]
		seen[list[i].role]++
		list[i].ink = palette[n%len(palette)]
	}
}

// ofRole is the first group of a role, or nil.
func ofRole(list []group, role string) *group {
	for i := range list {
		if list[i].role == role {
			return &list[i]
		}
	}
	return nil
}

// told reports whether the file tells a story: something before, and a fix.
func told(list []group) bool {
	return ofRole(list, metrics.Before) != nil && (ofRole(list, metrics.After) != nil || ofRole(list, metrics.Wrong) != nil)
}
