package scenarios

import (
	"reflect"
	"time"
)

// measure is a way of writing values that carry a unit.
type measure struct {
	word, example string
	parse         func(text string) (any, error)
}

// measure is how the setting's value is written, if it carries a unit.
func (s setting) measure() (measure, bool) {
	if s.base() == reflect.TypeFor[time.Duration]() {
		return measure{"duration", "5s", func(text string) (any, error) { return parseDuration(text) }}, true
	}
	switch s.unit {
	case "/s":
		return measure{"rate", "20/s", func(text string) (any, error) { return parseRate(text) }}, true
	case "bytes":
		return measure{"size", "64KB", func(text string) (any, error) { return parseBytes(text) }}, true
	case "bytes/s":
		return measure{"bandwidth", "125MB/s", func(text string) (any, error) { return parseBandwidth(text) }}, true
	case "share":
		return measure{"share", "5%", func(text string) (any, error) { return ParseShare(text) }}, true
	}
	return measure{}, false
}
