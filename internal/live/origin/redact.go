package origin

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// hidden stands for what is not shown, as in net/url.
const hidden = "xxxxx"

// Redacted is an address as it may be printed and written: with xxxxx for passwords, for a
// user of HTTP without one, who is a token, and for the parameters of the query that
// [RedactedQuery] takes for secrets. What is not a URL is not shown at all.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "(not a URL)"
	}
	if _, has := u.User.Password(); u.User != nil && !has && strings.HasPrefix(u.Scheme, "http") {
		u.User = url.User(hidden)
	}
	u.RawQuery = RedactedQuery(u.RawQuery)
	u.Fragment, u.RawFragment = "", ""
	return u.Redacted()
}

// RedactedQuery is a query without its secrets: values of parameters with such a name, and
// those that look like one, of twenty letters and digits or more. What is replaced by a key
// stays, in braces.
func RedactedQuery(query string) string {
	if query == "" {
		return ""
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if value == "" || strings.Contains(value, "{") {
			continue
		}
		if plain, err := url.QueryUnescape(name); err != nil || secretName(plain) || secretValue(value) {
			parts[i] = name + "=" + hidden
		}
	}
	return strings.Join(parts, "&")
}

// secretName reports whether a parameter is called like a secret.
func secretName(name string) bool {
	name = strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(name))
	return slices.Contains([]string{"pass", "pwd", "pw", "auth", "sig", "sid", "otp", "key"}, name) || slices.ContainsFunc([]string{
		"password", "passwd", "passphrase", "secret", "token", "authorization", "oauth", "apikey", "accesskey", "signature", "session", "jwt", "credential", "bearer",
	}, func(word string) bool { return strings.Contains(name, word) })
}

// secretValue reports whether a value could be one that somebody drew: long, and of letters
// and digits mixed.
func secretValue(value string) bool {
	return len(value) >= 20 && strings.ContainsFunc(value, unicode.IsLetter) && strings.ContainsFunc(value, unicode.IsDigit)
}
