package trace

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine is the longest line of a trace, in bytes.
const maxLine = 1 << 20

var errLongLine = errors.New("the line is longer than 1 MiB: this is hardly a trace")

// lines reads a text line by line, in constant memory.
type lines struct {
	r      *bufio.Reader
	long   []byte // a line that does not fit the reader's buffer
	number int64  // of the line read last, from 1
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 1<<16)} }

// next returns the next line without its end, valid until the next call. An
// error belongs to line number; io.EOF is the end.
func (l *lines) next() ([]byte, error) {
	l.number++
	line, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.rest(line)
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // byte order mark
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// rest goes on with a line that began with a full buffer.
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
// can, without reading it.
func (l *lines) peek() []byte {
	text, err := l.r.Peek(1 << 16)
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if end := bytes.LastIndexByte(text, '\n'); end >= 0 && err == nil {
		text = text[:end]
	}
	return text
}
