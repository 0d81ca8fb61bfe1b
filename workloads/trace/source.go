package trace

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Stdin is the name of standard input among files. It can be read once, as any pipe.
const Stdin = "-"

// Expand replaces patterns by the files that match them, in the order of their
// names. A file whose name has the signs of a pattern is itself.
func Expand(files []string) ([]string, error) {
	var all []string
	for _, file := range files {
		_, err := os.Stat(file)
		if file == Stdin || !strings.ContainsAny(file, "*?[") || err == nil {
			all = append(all, file)
			continue
		}
		found, err := filepath.Glob(file)
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("trace %s: no file matches this pattern", file)
		}
		all = append(all, found...)
	}
	for i, file := range all {
		// Its requests would count twice, which nobody wants: it happens by a pattern that has
		// the file as well.
		if slices.Contains(all[:i], file) {
			return nil, fmt.Errorf("trace %s: the file is named twice: its requests would be counted twice", file)
		}
	}
	return all, nil
}

// source is the text of one file, unpacked.
type source struct {
	io.Reader
	file io.Closer
}

// openSource opens a file for reading its text, which it unpacks.
func openSource(path string) (*source, error) {
	file := os.Stdin
	if path != Stdin {
		// Before it is opened, since to open a folder works on some systems.
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("trace %s: there is no such file", path)
		case err != nil:
			return nil, fmt.Errorf("trace: %w", err)
		case info.IsDir():
			return nil, fmt.Errorf("trace %s: this is a directory: name files in it, such as %s", path, filepath.Join(path, "*.log"))
		}
		if file, err = os.Open(path); err != nil {
			return nil, fmt.Errorf("trace: %w", err)
		}
	}
	s := &source{file, file}
	if err := s.unpack(path); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the file. Standard input is the process's, and stays open.
func (s *source) Close() error {
	if s.file == io.Closer(os.Stdin) {
		return nil
	}
	return s.file.Close()
}

// packing is a way in which files are packed, told by how they begin.
type packing struct {
	name   string
	magic  string
	at     int // of the magic
	unpack func(io.Reader) (io.Reader, error)
	// What to do where unpack is nil; FILE is the file.
	hint string
}

// packings are told by the beginning and not by the name: access.log.1 may be packed or
// not. A new one is a line here. What is not unpacked
// is here as well, for who reads that a file has no line of a log in it looks for a fault
// of the log, and one command would have done.
var packings = []packing{
	// Several packed files, one after another, are one text: logs are put together so.
	{name: "gzip", magic: "\x1f\x8b", unpack: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{name: "bzip2", magic: "BZh", unpack: func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
	{name: "zstd", magic: "\x28\xb5\x2f\xfd", unpack: func(r io.Reader) (io.Reader, error) {
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}},
	{name: "xz", magic: "\xfd7zXZ\x00", hint: "xz -dc FILE | simulate run --trace -"},
	{name: "lz4", magic: "\x04\x22\x4d\x18", hint: "lz4 -dc FILE | simulate run --trace -"},
	{name: "compress (.Z)", magic: "\x1f\x9d", hint: "gzip -dc FILE | simulate run --trace -"},
	{name: "zip", magic: "PK\x03\x04", hint: "unzip -p FILE | simulate run --trace -"},
	{name: "tar", magic: "ustar", at: 257, hint: "tar -xOf FILE | simulate run --trace -"},
	{name: "UTF-16", magic: "\xff\xfe", hint: "iconv -f UTF-16 -t UTF-8 FILE | simulate run --trace -"},
	{name: "UTF-16", magic: "\xfe\xff", hint: "iconv -f UTF-16 -t UTF-8 FILE | simulate run --trace -"},
	{name: "Parquet", magic: "PAR1", hint: "convert it to a table of time,key,size first, such as with duckdb -csv"},
	{name: "SQLite", magic: "SQLite format 3\x00", hint: "select time,key,size from it as a table first, such as with sqlite3 -csv -header"},
	{name: "pcap", magic: "\xd4\xc3\xb2\xa1", hint: "make a table of time,key first, such as with tshark -T fields -e frame.time_epoch -e http.request.uri"},
	{name: "pcap", magic: "\x0a\x0d\x0d\x0a", hint: "make a table of time,key first, such as with tshark -T fields -e frame.time_epoch -e http.request.uri"},
}

// deepest is how many times a file may be packed. A log that was rotated by two
// programs is packed twice; what is packed endlessly is an attack.
const deepest = 3

// unpack puts what unpacks the file between it and the reader.
func (s *source) unpack(path string) error {
	for depth := 0; ; depth++ {
		text := bufio.NewReaderSize(s.Reader, 1<<16)
		s.Reader = text
		p := packingOf(text)
		switch {
		case p == nil:
			return nil
		case p.unpack == nil:
			return fmt.Errorf("trace %s: this is %s, which is not read as it is: %s", path, p.name, strings.ReplaceAll(p.hint, "FILE", path))
		case depth == deepest:
			return fmt.Errorf("trace %s: it is packed more than %d times: unpack it first", path, deepest)
		}
		unpacked, err := p.unpack(text)
		if err != nil {
			return fmt.Errorf("trace %s: the %s data is damaged: %w", path, p.name, err)
		}
		s.Reader = unpacked
	}
}

// packingOf is how a text is packed; nil if it is not.
func packingOf(text *bufio.Reader) *packing {
	for i := range packings {
		p := &packings[i]
		if beginning, _ := text.Peek(p.at + len(p.magic)); len(beginning) > p.at && string(beginning[p.at:]) == p.magic {
			return p
		}
	}
	return nil
}

// readError explains a failure to read a line. Of a file that ends too early it says
// what to do, since a copy that broke off is the usual reason.
func readError(path string, line int64, err error) error {
	var damaged bzip2.StructuralError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the packed data ends in the middle: the file is torn, copy it again")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, &damaged), errors.Is(err, zstd.ErrCRCMismatch), errors.Is(err, zstd.ErrMagicMismatch):
		err = fmt.Errorf("the packed data is damaged, copy it again: %w", err)
	default:
		err = fmt.Errorf("the file cannot be read on: %w", err)
	}
	return fmt.Errorf("%s:%d:1: %w", path, line, err)
}

// lines reads a text line by line, in constant memory. The first of them can be looked
// at beforehand, for the format is seen from them.
type lines struct {
	text *bufio.Reader
	// Of the line read last, from 1.
	number int64
	// A line that the buffer of text did not hold.
	long []byte
}

// maxLine is the longest line that is read, in bytes. What is longer is hardly a line
// of a trace, and without a limit it would be read into memory whole.
const maxLine = 1 << 20

// errLongLine is a line that was left out, as it is longer than maxLine.
var errLongLine = errors.New("the line is longer than 1 MiB")

// newLines reads by 64 KiB, which is what the lines of most logs fit into by the
// hundred.
func newLines(r io.Reader) *lines { return &lines{text: bufio.NewReaderSize(r, 1<<16)} }

// next returns the next line without its end, be it that of Unix or of DOS, valid
// until the next call. An error belongs to line number; io.EOF is the end. After
// errLongLine the next line can be read.
//
// A last line without an end is a line. So is what comes before an error in the middle
// of one: whoever asks again hears of the error, and a trace that ends so is refused whole.
func (l *lines) next() ([]byte, error) {
	l.number++
	line, err := l.text.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.nextLong(line)
	}
	if err != nil && (len(line) == 0 || errors.Is(err, errLongLine)) {
		return nil, err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte(byteOrderMark))
	}
	return line, nil
}

// nextLong reads on in a line whose beginning filled the buffer. Of one that is longer
// than can be it reads the rest and keeps none, so that one line that was spoilt, as by a
// disk that was full, costs one line.
func (l *lines) nextLong(beginning []byte) ([]byte, error) {
	l.long = append(l.long[:0], beginning...)
	for {
		more, err := l.text.ReadSlice('\n')
		if len(l.long) <= maxLine {
			l.long = append(l.long, more...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(l.long) > maxLine {
			return nil, cmp.Or(notEnd(err), errLongLine)
		}
		return l.long, err
	}
}

// notEnd is err unless it is the end of the file.
func notEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// byteOrderMark is what programs of Windows begin a text with.
const byteOrderMark = "\xef\xbb\xbf"

// peek returns the beginning of the text, up to the end of a line where it
// can, without reading it: what the format is told from. An error is left to be met
// by next, which has the line's number to it.
func (l *lines) peek() []byte {
	text, err := l.text.Peek(1 << 16)
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if end := bytes.LastIndexByte(text, '\n'); end >= 0 && err == nil {
		text = text[:end]
	}
	return text
}
