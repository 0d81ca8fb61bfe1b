package pagekey

// Nginx is the configuration of nginx that computes the key: what belongs into
// its http block, and the statements that set $page_key in a location. They need
// the module set-misc (Debian's libnginx-mod-http-set-misc). The user is the
// value of the named cookie.
func (c Config) Nginx(cookie string) (http, location string) {
	if c.Query == Drop {
		http += "map $request_uri $page_path { \"~^(?<page_raw_path>[^?]*)\" $page_raw_path; }\n"
	}
	if c.User {
		http += "map $cookie_" + cookie + " $page_user { \"\" \"\"; default \" $cookie_" + cookie + "\"; }\n"
	}
	location = "set $page_text \"" + c.text("$scheme", "$http_host", "$host", "$request_uri", "$page_path", "$page_user") + "\";\n" +
		"set_md5 $page_digest $page_text;\n" +
		"set $page_key \"" + c.Prefix + "$page_digest\";\n"
	return http, location
}
