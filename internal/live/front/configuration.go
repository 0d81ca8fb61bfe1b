package front

import (
	"fmt"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/herdlab/herdlab/internal/live/engine"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// The modules that compute a digest: set-misc, and what it stands on.
const (
	ndk     = "ndk_http_module.so"
	setMisc = "ngx_http_set_misc_module.so"
)

// What nginx counts among its connections, too: those that it uses for itself, and
// those that it keeps open to the cache and to the boxes when nobody uses them.
const (
	ownConnections  = 2
	idleConnections = 8 // to each of the two
)

// nginx is the configuration. What a request under way may not be is answered by
// error_page with 418, which nothing else uses: statements between "if" and
// memcached_pass would end the location there.
var nginx = template.Must(template.New("nginx.conf").Funcs(template.FuncMap{"ms": milliseconds}).Parse(`daemon off;
master_process off;
pid {{.Dir}}/nginx.pid;
error_log stderr crit;
load_module {{.Modules}}/{{.NDK}};
load_module {{.Modules}}/{{.SetMisc}};
events { worker_connections {{.Connections}}; }
http {
	access_log off;
	client_body_temp_path {{.Dir}}/body;
	proxy_temp_path {{.Dir}}/proxy;
	fastcgi_temp_path {{.Dir}}/fastcgi;
	uwsgi_temp_path {{.Dir}}/uwsgi;
	scgi_temp_path {{.Dir}}/scgi;
	keepalive_requests 1000000;
	default_type text/html;
	{{.KeyHTTP}}
	{{if .Front.Fallback.Lock}}proxy_cache_path {{.Dir}}/pages levels=1:2 keys_zone=pages:16m inactive=1d use_temp_path=off;{{end}}
	upstream cache { server {{.Cache}}; keepalive {{.Idle}}; }
	upstream boxes {
		{{.Policy}}
		{{range .Boxes}}server {{.Host}} max_fails=0; {{end}}
		keepalive {{.Idle}};
	}
	proxy_http_version 1.1;
	proxy_set_header Connection "";
	proxy_set_header Host $http_host;
	proxy_next_upstream off;
	proxy_read_timeout 1h;
	server {
		listen {{.Addr}} backlog=4096;
		location = {{.Pid}} { return 200 "pid $pid\n"; }
		location = / { proxy_pass http://boxes; }
		location / {
			error_page 418 {{if eq .Front.Posts "pass"}}405 {{end}}= @past;
			{{if eq .Front.Sessions "bypass"}}set $past $cookie_{{.Cookie}};
			if (-f {{.Flag}}) { set $past ""; }
			if ($past) { return 418; }{{end}}
			{{.KeyLocation}}
			set $memcached_key $page_key;
			memcached_connect_timeout {{ms .Front.Timeout}};
			memcached_send_timeout {{ms .Front.Timeout}};
			memcached_read_timeout {{ms .Front.Timeout}};
			memcached_pass cache;
			error_page 404 502 504 = @fallback;
			add_header {{.Header}} "$upstream_status|hit|$request_time|$upstream_response_time";
		}
		location @fallback {
			proxy_pass http://boxes;
			{{if .Front.Fallback.Lock}}proxy_cache pages;
			proxy_cache_key $page_key;
			proxy_cache_lock on;
			{{if .Front.Fallback.Grace}}proxy_cache_use_stale error timeout http_500 http_502 http_503 http_504;{{end}}
			proxy_cache_lock_timeout {{ms .Front.Fallback.LockTimeout}};
			proxy_cache_lock_age {{ms .Front.Fallback.LockAge}};{{end}}
			add_header {{.Header}} "$upstream_status|$upstream_cache_status|$request_time|$upstream_response_time" always;
		}
		location @past { proxy_pass http://boxes; }
	}
}
`))

// configuration fills it in.
func configuration(cfg Config, modules, addr, dir string) string {
	keyHTTP, keyLocation := cfg.Front.Key.Nginx(model.SessionCookie)
	policy := map[string]string{"random": "random;", "least-busy": "least_conn;"}[cfg.Policy] // else they take turns
	var b strings.Builder
	err := nginx.Execute(&b, map[string]any{
		"Dir": dir, "Modules": modules, "NDK": ndk, "SetMisc": setMisc, "Addr": addr, "Pid": engine.NginxPid, "Header": Header,
		"Connections": cfg.Front.Connections + ownConnections + 2*idleConnections, "Idle": idleConnections,
		"Cache": cfg.Cache, "Boxes": cfg.Boxes, "Policy": policy, "KeyHTTP": keyHTTP, "KeyLocation": keyLocation,
		"Front": cfg.Front, "Cookie": model.SessionCookie, "Flag": filepath.ToSlash(sessionsFlag(dir)),
	})
	if err != nil {
		panic("front: the template: " + err.Error()) // of constants
	}
	return b.String()
}

// milliseconds is a duration as nginx reads it.
func milliseconds(d time.Duration) string { return fmt.Sprintf("%dms", max(d.Milliseconds(), 1)) }
