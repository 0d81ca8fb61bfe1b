package fault

// CacheSessions is a mistake in the configuration of a front and of the application
// behind it.
type CacheSessions struct {
	Span `yaml:",inline"`
}

// Kind is cache-sessions.
func (CacheSessions) Kind() string { return "cache-sessions" }

// Doc says what it is.
func (CacheSessions) Doc() string {
	return "A mistake in the configuration: front and application cache the pages of those who are signed in, too"
}

// Check looks for a front.
func (CacheSessions) Check(s Scene) []Problem {
	if s.Front {
		return nil
	}
	return wrong("kind", "cache-sessions is a mistake in the configuration of fleet.front, and there is none")
}

// Explain says what is cached.
func (CacheSessions) Explain() string {
	return "front and application cache the pages of those who are signed in, too"
}

// Marks are one, for the time of the mistake.
func (f CacheSessions) Marks(s Scene) []Mark { return f.marks(s, "sessions are cached") }

// Holds is the configuration.
func (f CacheSessions) Holds(s Scene) []Hold { return f.hold(s, f.Kind(), "") }

// Schedule makes the mistake and takes it back. What is cached by then stays.
func (f CacheSessions) Schedule(w World, _ Scene, after After) {
	f.during(after, func() { w.CacheSessions(true) }, func() { w.CacheSessions(false) })
}
