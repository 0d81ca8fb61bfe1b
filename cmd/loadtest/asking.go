package main

import (
	"net/http"

	"github.com/herdlab/herdlab/internal/command"
)

// asking is how the requests of an attack look besides their address. What is in a header may be a
// secret: it is neither printed nor written, and to make the run again it has to be given again.
type asking struct {
	Header   []string `placeholder:"NAME: VALUE" sep:"none" help:"A header of every request, e.g. 'Authorization: Bearer ...'; may be repeated. It is never printed or written."`
	Host     string   `placeholder:"NAME" help:"Host of every request, where it is not the target's: a virtual host."`
	Method   string   `placeholder:"GET" help:"Method of a read."`
	Body     string   `placeholder:"TEXT" help:"Body of a read, in which {key} is replaced by the key."`
	Insecure bool     `help:"Trust any certificate of the target."`
}

// header is that of every request.
func (a asking) header() (http.Header, error) {
	header, err := readHeader("--header", a.Header)
	if a.Host != "" {
		header.Set("Host", a.Host)
	}
	return header, err
}

// flags make the same again, but for what may be a secret.
func (a asking) flags() (list []string) {
	for _, f := range []struct{ flag, value string }{{"--host", a.Host}, {"--method", a.Method}, {"--body", a.Body}} {
		if f.value != "" {
			list = append(list, f.flag+" "+command.Quote(f.value))
		}
	}
	if a.Insecure {
		list = append(list, "--insecure")
	}
	return list
}
