package scenarios

import (
	"time"
)

// minFlap keeps a flapping node from flooding the run with events.
const minFlap = time.Millisecond

// faultFields are the fields, besides at and kind, that mean something for a
// kind of fault.
func faultFields() map[string][]string {
	return map[string][]string{
		"node-loss":      {"for", "node", "how"},
		"node-hang":      {"for", "node"},
		"node-flap":      {"for", "node", "every", "how"},
		"node-replace":   {"for", "node", "nodes", "every", "how"},
		"node-join":      {"for", "node"},
		"node-leave":     {"for", "node"},
		"flush":          {"node", "all"},
		"slow-origin":    {"for", "factor"},
		"origin-errors":  {"for", "errors"},
		"origin-down":    {"for"},
		"invalid-value":  {"for"},
		"owner-crash":    {"box"},
		"deploy":         {"over", "boxes", "caches"},
		"readmit":        {"for", "share", "hold"},
		"box-loss":       {"for", "box"},
		"cull":           {"every"},
		"cache-sessions": {"for"},
		"warmer-stop":    {"for"},
	}
}
