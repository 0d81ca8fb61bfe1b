package live

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
)

// address is where a program is asked for a key: a URL in which the words in braces are
// replaced. Without one the key is one more segment of the path.
type address string

// What stands for a key in an address.
const (
	forKey    = "{key}"    // the key, and behind it the word of the run
	forName   = "{name}"   // the key as the scenario has it
	forNumber = "{number}" // the digits that it ends with
	forRun    = "{run}"    // the word of the run
)

func placeholders() []string { return []string{forKey, forName, forNumber, forRun} }

// CheckTarget refuses an address with a placeholder that there is not.
func CheckTarget(target string) error {
	for rest := target; ; {
		_, after, found := strings.Cut(rest, "{")
		inner, behind, closed := strings.Cut(after, "}")
		if !found {
			return nil
		}
		word := "{" + inner + "}"
		if !closed {
			word = "{" + inner
		}
		known := false
		for _, p := range placeholders() {
			known = known || p == word
		}
		if !known {
			hint := ""
			if near := spelling.Suggest(inner, []string{"key", "name", "number", "run"}); near != "" {
				hint = fmt.Sprintf("; did you mean {%s}?", near)
			}
			return fmt.Errorf("%s is nothing that could be replaced%s: {key} is the key with a word of the run, so that every run finds the program cold; {name} is the key alone, {number} the number that it ends with, {run} the word alone; a brace that is meant is %%7B", word, hint)
		}
		rest = behind
	}
}

// has reports whether one of the placeholders is in the address.
func (a address) has(any ...string) bool {
	for _, p := range any {
		if strings.Contains(string(a), p) {
			return true
		}
	}
	return false
}

// AsksTheSame reports whether every run asks a target for the same addresses, and so finds
// what an earlier one has left in the program's cache.
func AsksTheSame(target string) bool { return address(target).plain() }

// plain reports whether no word of the run is in the address.
func (a address) plain() bool {
	return !a.has(forKey, forRun) && a.has(forName, forNumber)
}

// server is http://host:port/ of the address.
func (a address) server() (string, error) {
	u, err := url.Parse(a.of("key", "run"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("the target is not a URL: write it as http://127.0.0.1:8080/path or http://127.0.0.1:8080/?id={key}")
	}
	return (&url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host, Path: "/"}).String(), nil
}

// of is where a key is asked for in the run of a word. A key that is an address already, as
// those of access logs are, is asked for as it is, behind the target's path: what it says
// is what the program knows.
func (a address) of(key, word string) string {
	if path, ok := pathOf(key); ok && !a.has(placeholders()...) {
		base, _, _ := strings.Cut(string(a), "?")
		return strings.TrimSuffix(base, "/") + sendable(path)
	}
	path, query, asks := strings.Cut(string(a), "?")
	if !a.has(forKey, forName, forNumber) {
		path = strings.TrimSuffix(path, "/") + "/" + forKey
	}
	if path = a.fill(path, key, word, url.PathEscape); !asks {
		return path
	}
	return path + "?" + a.fill(query, key, word, url.QueryEscape)
}

// fill replaces what stands for a key in a part of a request. The word of the run is behind
// the key, unless it has a place of its own.
func (a address) fill(part, key, word string, escape func(string) string) string {
	own := key
	if word != "" && !a.has(forRun) {
		own += "-" + word
	}
	return strings.NewReplacer(forKey, escape(own), forName, escape(key), forNumber, numberOf(key), forRun, word).Replace(part)
}

// asIs escapes nothing.
func asIs(text string) string { return text }

// numberOf are the digits that a key ends with; 0 where it ends with none.
func numberOf(key string) string {
	digits := key[len(strings.TrimRight(key, "0123456789")):]
	if digits == "" {
		return "0"
	}
	return digits
}

// pathOf is the path and the query of a key that is one, or a whole URL.
func pathOf(key string) (path string, ok bool) {
	for _, scheme := range []string{"http://", "https://"} {
		if rest, whole := strings.CutPrefix(key, scheme); whole {
			_, path, _ = strings.Cut(rest, "/")
			return "/" + path, true
		}
	}
	return key, strings.HasPrefix(key, "/")
}

// sendable is an address with what no address has escaped: a log has also what clients
// should not have sent. What is escaped in it stays as it is.
func sendable(address string) string {
	var b strings.Builder
	for i := 0; i < len(address); i++ {
		c := address[i]
		switch {
		case c == '%' && (i+2 >= len(address) || !isHex(address[i+1]) || !isHex(address[i+2])):
			b.WriteString("%25")
		case c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>\^{|}`+"`#", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
