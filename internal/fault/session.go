package fault

// CacheSessions is a mistake in the configuration of a front and of the application
// behind it. Where their keys do not say whose a page is, what is cached meanwhile is
// shown to others, and stays in the cache when the mistake is put right.
type CacheSessions struct {
	Span `yaml:",inline"`
}

func (CacheSessions) Kind() Kind {
	return Kind{Name: "cache-sessions", Doc: "By a mistake in their configuration front and application cache the pages of those who are signed in, too"}
}

func (f CacheSessions) Check(s Scene) []Problem {
	if s.Front {
		return nil
	}
	return wrong("kind", "%s is a mistake in the configuration of fleet.front, and there is none", f.Kind().Name)
}

func (CacheSessions) Explain() string {
	return "front and application cache the pages of those who are signed in, too"
}

func (f CacheSessions) Marks(s Scene) []Mark { return f.marks(s, "sessions are cached") }
func (f CacheSessions) Holds(s Scene) []Hold { return f.holds(s, f.Kind().Name, "") }

func (f CacheSessions) Schedule(w World, _ Scene, after After) {
	f.plan(after, func() { w.CacheSessions(true) }, func() { w.CacheSessions(false) })
}
