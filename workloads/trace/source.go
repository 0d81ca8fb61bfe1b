package trace

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// openFile opens a file for reading its text, which it unpacks if the file
// begins as gzip does (RFC 1952: 1f 8b).
func openFile(path string) (io.Reader, io.Closer, error) {
	// Before it is opened: to open a pipe waits for a writer, who may never come.
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("trace %s: there is no such file", path)
	case err != nil:
		return nil, nil, fmt.Errorf("trace: %w", err)
	case info.IsDir():
		return nil, nil, fmt.Errorf("trace %s: this is a directory: name a file in it", path)
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("trace %s: this is a pipe or a device, and a trace is read once for every run: copy it to a file first", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("trace: %w", err)
	}
	// By its beginning and not by its name: access.log.1 may be packed or not.
	r := bufio.NewReaderSize(f, 1<<16)
	if magic, _ := r.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return r, f, nil
	}
	// Several packed files, one after another, are one text: logs are put together so.
	z, err := gzip.NewReader(r)
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("trace %s: the gzip data is damaged: %w", path, err)
	}
	return z, f, nil
}

// readError explains a failure to read a line. Of a file that ends too early it says
// what to do, since a copy that broke off is the usual reason.
func readError(path string, line int64, err error) error {
	switch {
	case errors.Is(err, errLongLine):
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the gzip data ends in the middle: the file is torn, copy it again")
	default:
		err = fmt.Errorf("the file cannot be read on: %w", err)
	}
	return fmt.Errorf("%s:%d:1: %w", path, line, err)
}

// format finds the parser of a trace: the one it names, or the first that can
// read a line of its beginning. More than one line is tried, because a log may begin
// with what was cut off, and a table with a title. Of a table with a header a new
// parser is returned, which will meet the header again.
func (c Config) format(beginning []byte) (parser, error) {
	switch c.Format {
	case "log":
		return accessLog{}, nil
	case "csv":
		return newTable(), nil
	}
	for line := range bytes.Lines(beginning) {
		line = bytes.TrimRight(line, "\r\n")
		if _, bad := (accessLog{}).parse(line); bad.reason == "" {
			return accessLog{}, nil
		}
		t := newTable()
		if t.header(line) {
			return newTable(), nil
		}
		if _, bad := t.parse(line); bad.reason == "" {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%s:1:1: neither an access log nor a table of time,key,size: if it is one with bad lines at its beginning, write format: log or format: csv", c.File)
}
