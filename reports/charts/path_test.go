package charts

import "testing"

// A path is drawn where the canvas drew it, to a tenth of a point, in fewer letters.
func TestShortPaths(t *testing.T) {
	for path, want := range map[string]string{
		"M89.095,370.15L90.896,370.15L92.696,370.1":        "M89.1 370.2l1.8 0 1.8-.1",
		"M0,0L675,0L675,375L0,375Z":                        "M0 0l675 0 0 375-675 0Z",
		"M1,1L2,2ZL3,1":                                    "M1 1l1 1Zl2 0", // after Z one is where the path began
		"M1,1L1.04,1L1.08,1L1.12,1L1.16,1":                 "M1 1l0 0 .1 0 0 0 .1 0",
		"M103.5,370.15L103.95,371.98M106.65,382.93L-1,-.5": "M103.5 370.2l.5 1.8M106.7 382.9l-107.7-383.4",
		"M1,1L1e-05,2":                                     "M1 1l-1 1",
		"M1,1A2,2 0 0 1 3,3L4,4":                           "M1,1A2,2 0 0 1 3,3L4,4", // no path of lines alone
	} {
		doc := `<path d="` + path + `" style="fill:none" />` + "\n" + `<text x="1">d=</text>`
		if got := string(shortenPaths([]byte(doc))); got != `<path d="`+want+`" style="fill:none" />`+"\n"+`<text x="1">d=</text>` {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
