package engine

import (
	"fmt"
	"strings"
	"sync"
)

// tailSize is how much of a program's output is kept, in bytes.
const tailSize = 4096

// tail keeps the last that is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write keeps the end of p.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// quotedLines is how many lines an error quotes.
const quotedLines = 8

// quoted is the last lines, to be put behind an error.
func (t *tail) quoted() string {
	text := strings.TrimSpace(t.String())
	if text == "" {
		return "; it wrote nothing"
	}
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-quotedLines):]
	return fmt.Sprintf("; it wrote last:\n\t%s", strings.Join(lines, "\n\t"))
}
