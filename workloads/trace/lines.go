package trace

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
)

// maxLine is the longest line of a trace, in bytes. What is longer is a file of
// another kind, and without a limit it would be read into memory whole.
const maxLine = 1 << 20

var errLongLine = errors.New("the line is longer than 1 MiB: this is hardly a trace")

// lines reads a text line by line, in constant memory: the buffer grows from 64 KiB to
// the longest line at most, and a line is handed out where the buffer has it. The first
// of them can be looked at beforehand, for the format is seen from them; the scanner has
// not read anything by then.
type lines struct {
	text    *bufio.Reader // of the scanner
	scanner *bufio.Scanner
	number  int64 // of the line read last, from 1
}

// newLines reads by 64 KiB, which is what the lines of most logs fit into by the
// hundred.
func newLines(r io.Reader) *lines {
	text := bufio.NewReaderSize(r, 1<<16)
	scanner := bufio.NewScanner(text)
	scanner.Buffer(make([]byte, 1<<16), maxLine)
	return &lines{text: text, scanner: scanner}
}

// next returns the next line without its end, be it that of Unix or of DOS, valid
// until the next call. An error belongs to line number; io.EOF is the end.
//
// A last line without an end is a line. So is what comes before an error in the middle
// of one: whoever asks again hears of the error, and a trace that ends so is refused whole.
func (l *lines) next() ([]byte, error) {
	l.number++
	if !l.scanner.Scan() {
		err := l.scanner.Err()
		if errors.Is(err, bufio.ErrTooLong) { // and says nothing of traces
			err = errLongLine
		}
		return nil, cmp.Or(err, io.EOF)
	}
	line := l.scanner.Bytes()
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // byte order mark
	}
	return line, nil
}

// peek returns the beginning of the text, up to the end of a line where it
// can, without reading it: what the format is told from. An error is left to be met
// by next, which has the line's number to it.
func (l *lines) peek() []byte {
	text, err := l.text.Peek(1 << 16)
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if end := bytes.LastIndexByte(text, '\n'); end >= 0 && err == nil {
		text = text[:end]
	}
	return text
}
