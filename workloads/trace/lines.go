package trace

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine is the longest line of a trace, in bytes. What is longer is a file of
// another kind, and without a limit it would be read into memory whole.
const maxLine = 1 << 20

var errLongLine = errors.New("the line is longer than 1 MiB: this is hardly a trace")

// lines reads a text line by line, in constant memory. It is not bufio.Scanner, which
// gives up a line that does not fit its buffer, and has no byte order mark or number
// of a line.
type lines struct {
	r      *bufio.Reader
	long   []byte // a line that does not fit the reader's buffer
	number int64  // of the line read last, from 1
}

// newLines reads by 64 KiB, which is what the lines of most logs fit into by the
// hundred.
func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 1<<16)} }

// next returns the next line without its end, be it that of Unix or of DOS, valid
// until the next call. An error belongs to line number; io.EOF is the end.
func (l *lines) next() ([]byte, error) {
	l.number++
	line, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.rest(line)
	}
	// A last line without an end is a line.
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // byte order mark
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// rest goes on with a line that began with a full buffer. Such a line is copied; all
// others are handed out where the buffer has them.
func (l *lines) rest(part []byte) ([]byte, error) {
	l.long = append(l.long[:0], part...)
	for {
		part, err := l.r.ReadSlice('\n')
		l.long = append(l.long, part...)
		if len(l.long) > maxLine {
			return nil, errLongLine
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.long, err
		}
	}
}

// peek returns the beginning of the text, up to the end of a line where it
// can, without reading it: what the format is told from. An error is left to be met
// by next, which has the line's number to it.
func (l *lines) peek() []byte {
	text, err := l.r.Peek(1 << 16)
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if end := bytes.LastIndexByte(text, '\n'); end >= 0 && err == nil {
		text = text[:end]
	}
	return text
}
