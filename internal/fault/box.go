package fault

import "fmt"

// BoxCrash is an application server whose process dies and is started again at once.
// What it asked of the origin is computed for nobody, and a lock that it held keeps all
// others waiting until it expires: the reason why a lock has a time, and why that is
// not to be long.
type BoxCrash struct {
	Moment `yaml:",inline"`

	Box int `yaml:"box" default:"0" min:"0" doc:"which one, from 0"`
}

func (f BoxCrash) Check(s Scene) []Problem { return checkNumber("box", "box", "fleet", f.Box, s.Boxes) }

func (f BoxCrash) Explain() string {
	return fmt.Sprintf("box %d crashes with its loads under way and comes back at once", f.Box)
}

func (f BoxCrash) Marks(Scene) []Mark                     { return f.instant(fmt.Sprintf("box %d crashes", f.Box)) }
func (f BoxCrash) Schedule(w World, _ Scene, after After) { after(f.At, func() { w.CrashBox(f.Box) }) }
func (f BoxCrash) crashes() int                           { return f.Box }

// BoxLoss is an application server that is gone with its disk. The balancer goes on
// sending requests to it unless its health check takes it out.
type BoxLoss struct {
	Span `yaml:",inline"`

	Box int `yaml:"box" default:"0" min:"0" doc:"which one, from 0"`
}

func (f BoxLoss) Check(s Scene) []Problem { return checkNumber("box", "box", "fleet", f.Box, s.Boxes) }

func (f BoxLoss) Explain() string {
	return fmt.Sprintf("box %d is gone; in its place comes one with nothing in its memory and on its disk", f.Box)
}

func (f BoxLoss) Marks(s Scene) []Mark { return f.marks(s, fmt.Sprintf("box %d lost", f.Box)) }
func (f BoxLoss) Holds(s Scene) []Hold {
	return f.holds(s, "", fmt.Sprintf("box %d", f.Box))
}
func (f BoxLoss) crashes() int { return f.Box }

func (f BoxLoss) Schedule(w World, _ Scene, after After) {
	f.plan(after, func() { w.LoseBox(f.Box) }, func() { w.ReturnBox(f.Box) })
}

// CacheSessions is a mistake in the configuration of a front and of the application
// behind it. Where their keys do not say whose a page is, what is cached meanwhile is
// shown to others, and stays in the cache when the mistake is put right.
type CacheSessions struct {
	Span `yaml:",inline"`
}

func (f CacheSessions) Check(s Scene) []Problem {
	return wrongIf(!s.Front, "kind", "%s is a mistake in the configuration of fleet.front, and there is none", KindOf(f).Name)
}

func (CacheSessions) Explain() string {
	return "front and application cache the pages of those who are signed in, too"
}

func (f CacheSessions) Marks(s Scene) []Mark { return f.marks(s, "sessions are cached") }

func (f CacheSessions) Schedule(w World, _ Scene, after After) {
	f.plan(after, func() { w.CacheSessions(true) }, func() { w.CacheSessions(false) })
}

// CrashingBoxes are the boxes that will lose what they are doing. They have to keep a
// list of it from the beginning, which no other box is burdened with.
func CrashingBoxes(faults []Fault) (boxes []int) {
	for _, f := range faults {
		if f, ok := f.(interface{ crashes() int }); ok {
			boxes = append(boxes, f.crashes())
		}
	}
	return boxes
}
