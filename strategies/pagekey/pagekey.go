// Package pagekey says under which key a whole page is kept. Two programs have
// to agree on it that share no code: the application, which stores the page, and
// the web server in front, which asks for it. Where they differ in one byte,
// nothing is ever found, and nothing fails either.
//
// The key is an MD5 digest of host and address,
//
//	pagekey.Config{}.Key(pagekey.Request{Host: "www.example.com", URI: "/a?page=2"})
//
// as "Using the Django Per-Site Cache with the Nginx HTTP Memcached Module" has
// it on both sides. The fields of [Config] are the ways in which real
// applications and servers differ from that. [Config.Nginx] is the same key as
// nginx computes it.
package pagekey

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
)

// Request is what of a request a key can be made of.
type Request struct {
	Scheme string // http or https
	Host   string // the Host header as it was sent: in any case, and with the port unless it is the scheme's own
	URI    string // path and query as on the request line
	User   string // whose session it is; "" without one
}

// Config is which parts of a request a key is made of. The zero value is
// nginx's md5("$host$request_uri").
type Config struct {
	Prefix string `yaml:"prefix" doc:"text before the digest; Django's is KEY_PREFIX:VERSION:, by default :1:"`
	Scheme bool   `yaml:"scheme" doc:"the key includes the scheme, as in Django's build_absolute_uri"`
	Port   bool   `yaml:"port" doc:"the key has the Host header as sent (Django's get_host, nginx's $http_host); otherwise in lower case and without a port (nginx's $host)"`
	Query  string `yaml:"query" default:"keep" enum:"keep,drop" doc:"whether the key includes the query, as nginx's $request_uri does"`
	User   bool   `yaml:"user" doc:"the key includes the user, so that each signed-in user has separate pages"`
}

// Drop is the word for a key without the query.
const Drop = "drop"

// Key is the key of the page that answers r.
func (c Config) Key(r Request) string {
	path, _, _ := strings.Cut(r.URI, "?")
	user := r.User
	if user != "" {
		user = " " + user // a space is in no URI
	}
	sum := md5.Sum([]byte(c.text(r.Scheme, r.Host, hostname(r.Host), r.URI, path, user)))
	return c.Prefix + hex.EncodeToString(sum[:])
}

// text is what is digested: of the parts of a request, or of the names that nginx has
// for them. It is the one place that says which of them a key is made of.
func (c Config) text(scheme, sentHost, host, uri, path, user string) string {
	if c.Port {
		host = sentHost
	}
	if c.Scheme {
		host = scheme + "://" + host
	}
	if c.Query == Drop {
		uri = path
	}
	if !c.User {
		user = ""
	}
	return host + uri + user
}

// hostname is nginx's $host: in small letters, without a port and without the dot
// of an absolute name.
func hostname(header string) string {
	host := header
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
