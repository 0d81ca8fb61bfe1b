package trace

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A sample of every format, as its program writes it, is told from the others and read.
func TestFormats(t *testing.T) {
	at := time.Date(2023, 11, 14, 22, 13, 20, 39e6, time.UTC)
	for _, c := range []struct {
		name, format, text string
		want               string // seconds after 22:13:20, key and size of the first request; how many there are
	}{
		{"combined", "log", `10.0.0.0 - - [14/Nov/2023:22:13:20 +0000] "GET /p/0 HTTP/1.1" 200 800 "-" "curl/8"`, "0s /p/0 800 1"},
		{"ingress-nginx", "log", `10.0.0.0 - - [14/Nov/2023:22:13:20 +0000] "GET /p/0 HTTP/2.0" 200 800 "-" "curl/8" 312 0.029 [default-web-80] [] 10.244.0.5:8080 800 0.029 200 4af0`, "0s /p/0 800 1"},
		{"nginx, msec", "log", `10.0.0.0 1700000000.039 "GET /p/0 HTTP/1.1" 200 800 0.029`, "39ms /p/0 800 1"},
		{"HAProxy", "haproxy", `Nov 14 22:13:20 lb haproxy[14389]: 10.0.0.0:33317 [14/Nov/2023:22:13:20.039] http-in static/srv1 10/0/30/69/109 200 800 - - ---- 1/1/1/1/0 0/0 "GET /p/0 HTTP/1.1"`, "39ms /p/0 800 1"},
		{"HAProxy, aborted", "haproxy", `[::1]:33317 [14/Nov/2023:22:13:20.039] http-in static/srv1 10/0/-1/-1/+109 -1 0 - - CC-- 1/1/1/1/0 0/0 {a|b} "POST /p/0 HTTP/1.1"`, "39ms /p/0 1000 1"},
		{"Envoy", "envoy", `[2023-11-14T22:13:20.039Z] "GET /p/0 HTTP/1.1" 200 - 0 800 28 28 "-" "curl/8" "cc21" "www.example.com" "10.1.0.5:8080"`, "39ms /p/0 800 1"},
		{"Istio", "envoy", `[2023-11-14T22:13:20.039Z] "GET /p/0 HTTP/1.1" 200 - via_upstream - "-" 0 800 28 27 "-" "curl/8" "cc21" "www.example.com" "10.1.0.5:8080" inbound|80|| 127.0.0.1:1`, "39ms /p/0 800 1"},
		{"Squid", "squid", `1700000000.067     28 10.0.0.0 TCP_HIT/200 800 GET http://www.example.com/p/0 - HIER_NONE/- text/html`, "39ms http://www.example.com/p/0 800 1"},
		{"ALB", "elb", `h2 2023-11-14T22:13:20.067Z app/my-lb/50dc6c495c0c9188 10.0.0.1:2817 10.0.1.5:80 0.000 0.028 0.000 200 200 34 800 "GET https://www.example.com:443/p/0 HTTP/2.0" "curl/8" ECDHE TLSv1.2 arn:aws:x "Root=1" "d" "arn" 0 2023-11-14T22:13:20.039Z "forward" "-" "-"`, "39ms https://www.example.com:443/p/0 800 1"},
		{"ELB", "elb", `2023-11-14T22:13:20.039Z my-lb 10.0.0.1:2817 - -1 -1 -1 503 0 0 0 "GET http://www.example.com:80/p/0 HTTP/1.1" "curl/8" - -`, "39ms http://www.example.com:80/p/0 0 1"},
		{"WikiBench", "wikibench", "929 1700000000.039 http://en.wikipedia.org/wiki/Main_Page -\n930 1700000000.050 http://en.wikipedia.org/wiki/Main_Page save", "39ms http://en.wikipedia.org/wiki/Main_Page 1000 2"},
		{"MONITOR", "monitor", "OK\n1700000000.039000 [0 10.0.0.0:51234] \"SET\" \"page:1\" \"val1\" \"EX\" \"300\"\n1700000000.050000 [0 lua] \"get\" \"page:\\\"2\"", "39ms page:1 4 2"},
		{"MONITOR, several keys", "monitor", "1700000000.039000 [0 unix:/run/redis.sock] \"mget\" \"a\" \"b\" \"c\"\n1700000000.05 [0 h:1] \"MSET\" \"a\" \"1\" \"b\" \"2\"\n1700000000.06 [0 h:1] \"PING\"", "39ms a 1000 5"},
		{"memcached watch", "pairs", "OK\nts=1700000000.039 gid=0 type=item_get key=page:/p/0 status=found clsid=3 cfd=28 size=800\nts=1700000000.1 gid=1 type=eviction key=x fetch=no ttl=0 la=1 clsid=1 size=64", "39ms page:/p/0 800 1"},
		{"logfmt", "pairs", `level=info ts=2023-11-14T22:13:20.039Z method=GET path="/p/0?a=\"b\"" status=200 bytes=800`, "39ms /p/0?a=\\\"b\\\" 800 1"},
		{"nginx, JSON", "json", `{"time_iso8601": "2023-11-14T22:13:20+00:00", "msec": "1700000000.039", "request": "GET /p/0 HTTP/1.1", "request_uri": "/p/0", "status": "200", "body_bytes_sent": "800"}`, "39ms /p/0 800 1"},
		{"nginx, JSON, local time", "json", `{"time_local": "14/Nov/2023:23:13:20 +0100", "request": "GET /p/0 HTTP/1.1", "status": 200, "body_bytes_sent": 800}`, "0s /p/0 800 1"},
		{"Caddy", "json", `{"level":"info","ts":1700000000.039,"logger":"tls","msg":"certificate"}` + "\n" + `{"level":"info","ts":1700000000.039,"msg":"handled request","request":{"method":"GET","host":"example.com","uri":"/p/0","headers":{"Host":["x"],"User-Agent":["a\"b"]}},"bytes_read":0,"size":800,"status":200,"resp_headers":{"Size":["1"]}}`, "39ms example.com/p/0 800 1"},
		{"Traefik, JSON", "json", `{"DownstreamContentSize":800,"DownstreamStatus":200,"RequestHost":"example.com","RequestMethod":"GET","RequestPath":"\/p\/0","StartUTC":"2023-11-14T22:13:20.039Z","time":"2023-11-14T22:13:21Z"}`, "39ms example.com/p/0 800 1"},
		{"varnishncsa, JSON", "json", `{"received_at": "[14/Nov/2023:22:13:20 +0000]", "response_bytes": 800, "first_line": "GET http://www.example.com/p/0 HTTP/1.1", "status": 200}`, "0s http://www.example.com/p/0 800 1"},
		{"vegeta, JSON", "json", `{"attack":"a","seq":0,"code":200,"timestamp":"2023-11-14T22:13:20.039Z","latency":28794100,"bytes_out":0,"bytes_in":800,"error":"","body":null,"method":"GET","url":"http://h/p/0","headers":null}`, "39ms http://h/p/0 800 1"},
		{"k6, JSON", "json", `{"metric":"http_req_duration","type":"Metric","data":{"name":"http_req_duration","type":"trend","thresholds":[]}}` + "\n" + `{"metric":"http_req_duration","type":"Point","data":{"time":"2023-11-14T22:13:20.039Z","value":28.7,"tags":{"method":"GET","status":"200","url":"http://h/p/0"}}}` + "\n" + `{"metric":"vus","type":"Point","data":{"time":"2023-11-14T22:13:20.039Z","value":1,"tags":null}}`, "39ms http://h/p/0 1000 1"},
		{"k6, CSV", "csv", "metric_name,timestamp,metric_value,method,status,url\nhttp_reqs,1700000000,1,GET,200,http://h/p/0\nhttp_req_duration,1700000000,28.7,GET,200,http://h/p/0", "0s http://h/p/0 1000 1"},
		{"JMeter", "csv", "timeStamp,elapsed,label,responseCode,bytes,URL\n1700000000039,28,home,200,800,http://h/p/0", "39ms http://h/p/0 800 1"},
		{"CloudFront", "w3c", "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs-uri-query\n2023-11-14\t22:13:20\tFRA2\t800\t10.0.0.0\tGET\td1.cloudfront.net\t/p/0\t200\ta=1", "0s d1.cloudfront.net/p/0?a=1 800 1"},
		{"IIS", "w3c", "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query sc-status sc-bytes time-taken\n2023-11-14 22:13:20 10.0.0.1 GET /p/0 - 200 800 15", "0s /p/0 800 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, stats, err := readAll(t, Config{Files: []string{traceFile(t, "t", []byte(c.text+"\n"))}})
			if err != nil {
				t.Fatal(err)
			}
			var seconds float64
			var key string
			var size int
			if _, err := fmt.Sscanf(list[0], "%g %s %d", &seconds, &key, &size); err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%v %s %d %d", (time.Duration(seconds*1e6-float64(at.Truncate(time.Second).UnixMicro())) * time.Microsecond).Round(time.Millisecond), key, size, len(list))
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			told := ""
			for _, f := range formats() {
				if f.about == stats.Files[0].Format {
					told = f.name
				}
			}
			if told != c.format {
				t.Errorf("read as %s, want %s", told, c.format)
			}
		})
	}
}

func TestFormatFlaws(t *testing.T) {
	for _, c := range []struct {
		format, line, says string
		column             int
	}{
		{"haproxy", `h:1 [14/Nov/2023:22:13:20.039] in s/1 1/0/109 800 -- 1/1/1/1/0 0/0`, "no five timers", 39},
		{"haproxy", `h:1 [14/Nov/2023:22:13:20.039] in s/1 10/0/30/69/109 200 800 - - ---- 1/1/1/1/0 0/0 "<BADREQ>"`, "no method", 86},
		{"haproxy", `h:1`, "no [time]", 1},
		{"squid", `1700000000.067 28 h TCP_HIT 800 GET http://h/ - - -`, "no result and status", 21},
		{"squid", `1700000000.067 28 h TCP_HIT/200 800`, "no address", 36},
		{"envoy", `[2023-11-14T22:13:20.039Z] "GET / HTTP/1.1" 200 - x`, "no bytes", 52},
		{"elb", `h2 2023-11-14T22:13:20.067Z app/lb 10.0.0.1:2817 - 0 0 0 - - 0 800 "GET / HTTP/1.1"`, "no statuses", 58},
		{"monitor", `1700000000.039 [0 h:1] "GET"`, "no key", 23},
		{"monitor", `1700000000.039 (0 h:1) "GET"`, "no [database client]", 15},
		{"pairs", `ts=1 key`, "name=value", 6},
		{"pairs", `ts=1 key="a`, "do not close", 10},
		{"json", `{"ts": 1, "key": "a"`, "no object of JSON", 21},
		{"json", `{"ts": 1, "key": "a"} x`, "no object of JSON", 22},
		{"json", `{"ts": "soon", "key": "a"}`, "neither seconds", 9},
		{"json", strings.Repeat(`{"a":`, 100) + `1` + strings.Repeat(`}`, 100), "no object of JSON", 167},
		{"w3c", `2023-11-14 22:13:20 GET /`, "no #Fields:", 1},
		{"wikibench", `1 1700000000.1 ftp://x -`, "no address", 16},
	} {
		for _, f := range formats() {
			if f.name != c.format {
				continue
			}
			_, bad := f.named().parse([]byte(c.line))
			if bad.column != c.column || !strings.Contains(bad.reason, c.says) {
				t.Errorf("%s\ncolumn %d: %s, want column %d: ... %s", c.line, bad.column, bad.reason, c.column, c.says)
			}
		}
	}
}

// No line of any kind, however it is spoilt, breaks a parser or has it tell a wrong place.
func FuzzFormats(f *testing.F) {
	for _, s := range []string{
		`h:1 [14/Nov/2023:22:13:20.039] in s/1 10/0/30/69/109 200 800 - - ---- 1/1/1/1/0 0/0 "GET /p/0 HTTP/1.1"`,
		`[2023-11-14T22:13:20.039Z] "GET /p/0 HTTP/1.1" 200 - 0 800 28 28`, `1700000000.067 28 h TCP_HIT/200 800 GET http://h/p -`, `9 1700000000.039 http://h/ save`,
		`1700000000.039 [0 h:1] "MSET" "a" "1" "b" "2"`, `ts=1 type=item_store key="a b" size=9`, `{"ts":1.5,"request":{"uri":"/a\\b","headers":{"a":[{"b":null}]}},"status":200,"size":3}`,
		"#Fields: date time cs-uri-stem", "2023-11-14 22:13:20 /a", `1.2.3.4 1700000000.039 "GET / HTTP/1.1" 200 5`, `{`, `[`, `"`, `=`, `#`, `1 [`, `{"a":`, `- [`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(trimBlanks(line)) == 0 || strings.ContainsAny(string(line), "\r\n") {
			return
		}
		for _, format := range formats() {
			p := format.named()
			if w, ok := p.(*w3c); ok {
				w.parse([]byte("#Fields: date time cs-uri-stem"))
			}
			format.told(line)
			e, bad := p.parse(line)
			if bad.reason == "" && e.key == nil {
				continue // no request
			}
			sound(t, line, e, bad)
			if more, ok := p.(several); ok {
				for n := 0; ; n++ {
					if _, ok := more.next(); !ok {
						break
					}
					if n > len(line) {
						t.Fatal("a line has more keys than bytes")
					}
				}
			}
		}
		seemsToBe(line)
	})
}
