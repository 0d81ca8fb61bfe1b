package pagekey

import "strings"

// Nginx is the configuration of nginx that computes the key: what belongs into
// its http block, and the statements that set $page_key in a location. They need
// the module set-misc (Debian's libnginx-mod-http-set-misc). The user is the
// value of the named cookie.
func (c Config) Nginx(cookie string) (http, location string) {
	var text strings.Builder
	if c.Scheme {
		text.WriteString("$scheme://")
	}
	if c.Port {
		text.WriteString("$http_host")
	} else {
		text.WriteString("$host")
	}
	uri := "$request_uri"
	if c.Query == Drop {
		uri = "$page_path"
		http += "map $request_uri $page_path { \"~^(?<page_raw_path>[^?]*)\" $page_raw_path; }\n"
	}
	text.WriteString(uri)
	if c.User {
		text.WriteString("$page_user")
		http += "map $cookie_" + cookie + " $page_user { \"\" \"\"; default \" $cookie_" + cookie + "\"; }\n"
	}
	location = "set $page_text \"" + text.String() + "\";\n" +
		"set_md5 $page_digest $page_text;\n" +
		"set $page_key \"" + c.Prefix + "$page_digest\";\n"
	return http, location
}
