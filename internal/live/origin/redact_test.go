package origin_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/live/origin"
)

func TestRedacted(t *testing.T) {
	for given, want := range map[string]string{
		"http://h/top?author=7&n=10":                        "http://h/top?author=7&n=10",
		"http://h/top?author={key}&token=abc":               "http://h/top?author={key}&token=xxxxx",
		"http://h/?access_token=abc#here":                   "http://h/?access_token=xxxxx",
		"http://h/?X-Api-Key=abc&sort=up":                   "http://h/?X-Api-Key=xxxxx&sort=up",
		"http://h/?key=abc&key={key}":                       "http://h/?key=xxxxx&key={key}",
		"http://h/?v=a8Zk20dkPq81mmX0s9Qa":                  "http://h/?v=xxxxx",
		"http://h/?passage=3&footprint=1&keyword=a":         "http://h/?passage=3&footprint=1&keyword=a",
		"http://h/?flag&empty=&token=":                      "http://h/?flag&empty=&token=",
		"http://u:p@h/":                                     "http://u:xxxxx@h/",
		"https://ghp0123@h/":                                "https://xxxxx@h/",
		"postgres://u@h/books?sslpassword=a&password=b&x=1": "postgres://u@h/books?sslpassword=xxxxx&password=xxxxx&x=1",
		"token":               "(not a URL)",
		"http://h/?%zz=token": "http://h/?%zz=xxxxx",
		"http://h/?Expires=1700000000&Signature=abc&policy=abc": "http://h/?Expires=1700000000&Signature=xxxxx&policy=abc",
	} {
		if got := origin.Redacted(given); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
}
