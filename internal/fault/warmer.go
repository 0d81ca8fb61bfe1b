package fault

// WarmerStop is a crash of what computes values ahead of their readers.
type WarmerStop struct {
	Span `yaml:",inline"`
}

// Kind is warmer-stop.
func (WarmerStop) Kind() string { return "warmer-stop" }

// Doc says what it is.
func (WarmerStop) Doc() string {
	return "The warmers stop in the middle of their runs, and what they were computing is lost"
}

// Check looks for warmers.
func (WarmerStop) Check(s Scene) []Problem {
	if s.Warmers > 0 {
		return nil
	}
	return wrong("kind", "there is no warmer to stop: fleet.warmers has none")
}

// Explain says what the warmers do.
func (WarmerStop) Explain() string {
	return "the warmers stop in the middle of their runs, and begin no more"
}

// Marks are one, until the warmers go on.
func (f WarmerStop) Marks(s Scene) []Mark { return f.marks(s, "the warmers stop") }

// Holds is nothing: warmers that are stopped twice go on when both faults are over.
func (WarmerStop) Holds(Scene) []Hold { return nil }

// Schedule tells the warmers, which keep the time themselves: their runs are counted
// by the same clock.
func (f WarmerStop) Schedule(w World, _ Scene, after After) {
	w.StopWarmers(f.At, f.For)
	after(f.At, nothing)
}
