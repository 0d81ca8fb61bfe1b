package reports

import "github.com/herdlab/herdlab/internal/metrics"

// roleInk colours the variants of a story, the same in every report: red for
// what was before, amber for a tempting fix, blue, green and what lies beside them
// for what helps. Those of a role differ among themselves, in lightness where not in
// hue. The fixes, and the first of each role, can be told apart by colour-blind people
// too (after Okabe and Ito, Color Universal Design, 2008).
var roleInk = map[string][]uint32{
	metrics.Before: {0xC5341B, 0x7A1F3D, 0xE8846A},
	metrics.Wrong:  {0xE69A00, 0x8A5A00, 0xD9BE3C, 0x4F3A0A, 0xB98A3D},
	metrics.After:  {0x0072B2, 0x009E73, 0x55288A, 0x5CB3E8, 0x17494D},
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
