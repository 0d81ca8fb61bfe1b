package fault

// WarmerStop is a crash of what computes values ahead of their readers. Nobody notices
// before the values that it stored have expired, and then they do so together.
type WarmerStop struct {
	Span `yaml:",inline"`
}

func (WarmerStop) Kind() Kind {
	return Kind{Name: "warmer-stop", Doc: "The warmers stop in the middle of their runs, and what they were computing is lost"}
}

func (WarmerStop) Check(s Scene) []Problem {
	if s.Warmers > 0 {
		return nil
	}
	return wrong("kind", "there is no warmer to stop: fleet.warmers has none")
}

func (WarmerStop) Explain() string {
	return "the warmers stop in the middle of their runs, and begin no more"
}

func (f WarmerStop) Marks(s Scene) []Mark { return f.marks(s, "the warmers stop") }

// Holds is nothing: warmers that are stopped twice go on when both faults are over.
func (WarmerStop) Holds(Scene) []Hold { return nil }

// Schedule tells the warmers, which keep the time themselves: the same clock says when
// their runs are due.
func (f WarmerStop) Schedule(w World, _ Scene, after After) {
	w.StopWarmers(f.At, f.For)
	after(f.At, nothing)
}
