package metrics

// Incident is the story that a scenario tells, in the words of its file. What a
// file does not say is empty.
type Incident struct {
	Theme        string   `json:"theme,omitempty"`
	Story        string   `json:"story,omitempty"`
	Topology     string   `json:"topology,omitempty"`
	Trigger      string   `json:"trigger,omitempty"`
	Look         string   `json:"look,omitempty"`         // what to look for
	Unreproduced []string `json:"unreproduced,omitempty"` // figures of the source, each with the reason
}

// The roles of a variant in its story. A strategy that is none has no role.
const (
	Before = "before" // the system as it was
	Wrong  = "wrong"  // a tempting fix that does not help
	After  = "after"  // a fix that helps
)

// Part is what a variant is in its story.
type Part struct {
	Role string `json:"role,omitempty"`
	Why  string `json:"why,omitempty"`
}
