package pagekey_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/strategies/pagekey"
)

// The digests are md5sum's, of the text beside them.
func TestGolden(t *testing.T) {
	front := pagekey.Request{Scheme: "http", Host: "www.pcgamer.com", URI: "/"}
	second := pagekey.Request{Scheme: "http", Host: "WWW.PCGamer.com:8080", URI: "/reviews/?page=2", User: "42"}
	account := pagekey.Request{Scheme: "https", Host: "www.pcgamer.com.:443", URI: "/account", User: "42"}
	v6 := pagekey.Request{Scheme: "http", Host: "[::1]:8080", URI: "/"}
	for _, c := range []struct {
		of   string // what is digested
		how  pagekey.Config
		r    pagekey.Request
		want string
	}{
		{"www.pcgamer.com/", pagekey.Config{}, front, "31db43d73fc92dc91f79bf1ff20f6529"},
		{"www.pcgamer.com/, as Django names it", pagekey.Config{Prefix: ":1:"}, front, ":1:31db43d73fc92dc91f79bf1ff20f6529"},
		{"http://www.pcgamer.com/", pagekey.Config{Scheme: true}, front, "8c6776f160f8b876cbd6cac6ef4adc0a"},
		{"www.pcgamer.com/, the default port is not sent", pagekey.Config{Port: true}, front, "31db43d73fc92dc91f79bf1ff20f6529"},
		{"www.pcgamer.com/reviews/?page=2", pagekey.Config{}, second, "49460ec8efa8e2c81fd6da715a734f39"},
		{"www.pcgamer.com/reviews/?page=2", pagekey.Config{Query: "keep"}, second, "49460ec8efa8e2c81fd6da715a734f39"},
		{"www.pcgamer.com/reviews/", pagekey.Config{Query: "drop"}, second, "feb7bdef2cbc53c3d1a78d2b6ee2043f"},
		{"http://WWW.PCGamer.com:8080/reviews/?page=2", pagekey.Config{Scheme: true, Port: true}, second, "65342a21c8594c2d360e4c81b48dcb8d"},
		{"www.pcgamer.com/account 42", pagekey.Config{User: true}, account, "f9c3ec9cb6ebdf7d6431f04bc7b8b8b9"},
		{"www.pcgamer.com/, nobody is signed in", pagekey.Config{User: true}, front, "31db43d73fc92dc91f79bf1ff20f6529"},
		{"[::1]/", pagekey.Config{}, v6, "4176dc9b1e623629ae04c5540169fb02"},
		{"http://[::1]:8080/", pagekey.Config{Scheme: true, Port: true}, v6, "1cf67b6832045e571c5ea5d3e849dd52"},
	} {
		if got := c.how.Key(c.r); got != c.want {
			t.Errorf("the key of %s is %s, want %s", c.of, got, c.want)
		}
	}
}

// Every difference of configuration is a difference of the key, for a request
// that has the part in question; and a key tells pages apart.
func TestADifferenceIsAnotherKey(t *testing.T) {
	r := pagekey.Request{Scheme: "http", Host: "Example.com:8080", URI: "/a?b=c", User: "7"}
	all := map[string]pagekey.Config{}
	for _, c := range []pagekey.Config{
		{}, {Prefix: ":1:"}, {Scheme: true}, {Port: true}, {Query: "drop"}, {User: true}, {Scheme: true, Port: true},
	} {
		key := c.Key(r)
		if other, twice := all[key]; twice {
			t.Errorf("%+v and %+v have the same key %s", c, other, key)
		}
		all[key] = c
	}
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`/[a-z0-9/?=&]{0,12}`)
		a, b := part.Draw(t, "one URI"), part.Draw(t, "another")
		same := pagekey.Config{}.Key(pagekey.Request{Host: "h", URI: a}) == pagekey.Config{}.Key(pagekey.Request{Host: "h", URI: b})
		if same != (a == b) {
			t.Errorf("the keys of %q and %q: equal is %v", a, b, same)
		}
	})
}

// nginx itself is asked in internal/live; this is what it is told.
func TestNginx(t *testing.T) {
	http, location := pagekey.Config{}.Nginx("session")
	if http != "" || location != "set $page_text \"$host$request_uri\";\nset_md5 $page_digest $page_text;\nset $page_key \"$page_digest\";\n" {
		t.Errorf("the plain key is\n%s%s", http, location)
	}
	http, location = pagekey.Config{Prefix: ":1:", Scheme: true, Port: true, Query: "drop", User: true}.Nginx("session")
	want := "set $page_text \"$scheme://$http_host$page_path$page_user\";\nset_md5 $page_digest $page_text;\nset $page_key \":1:$page_digest\";\n"
	if location != want {
		t.Errorf("the full key is\n%swant\n%s", location, want)
	}
	if want := "map $request_uri $page_path { \"~^(?<page_raw_path>[^?]*)\" $page_raw_path; }\n" +
		"map $cookie_session $page_user { \"\" \"\"; default \" $cookie_session\"; }\n"; http != want {
		t.Errorf("the maps are\n%swant\n%s", http, want)
	}
}
