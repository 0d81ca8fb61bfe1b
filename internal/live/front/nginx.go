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
var nginx = template.Must(template.New("nginx.conf").Funcs(template.FuncMap{"ms": milliseconds, "stale": staleWords}).Parse(`daemon off;
master_process off;
pid {{.Dir}}/nginx.pid;
error_log stderr crit;
{{if .Modules}}load_module {{.Modules}}/{{.NDK}};
load_module {{.Modules}}/{{.SetMisc}};{{end}}
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
	{{if or .Front.HTTPCache .Front.Fallback.Lock}}proxy_cache_path {{.Dir}}/pages levels=1:2 keys_zone=pages:16m inactive=1d use_temp_path=off;{{end}}
	{{if not .Front.HTTPCache}}upstream cache { server {{.Cache}}; keepalive {{.Idle}}; }{{end}}
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
		location = {{.Who}} { return 200 "{{.Word}}{{.Name}}\n"; }
		location = / { proxy_pass http://boxes; }
		{{if .Front.HTTPCache}}location / {
			proxy_pass http://boxes;
			proxy_cache pages;
			proxy_cache_key $request_uri{{if .Front.Key.User}}#$cookie_{{.Cookie}}{{end}};
			{{if eq .Front.Sessions "bypass"}}proxy_cache_bypass $cookie_{{.Cookie}};
			proxy_no_cache $cookie_{{.Cookie}};{{end}}
			proxy_cache_min_uses {{.Front.Nginx.MinUses}};
			{{with .Front.Nginx}}{{if .Lock}}proxy_cache_lock on;
			proxy_cache_lock_timeout {{ms .LockTimeout}};
			proxy_cache_lock_age {{ms .LockAge}};{{end}}
			{{if .UseStale}}proxy_cache_use_stale{{range .UseStale}} {{stale .}}{{end}};{{end}}
			{{if .Background}}proxy_cache_background_update on;{{end}}{{end}}
			add_header {{.Header}} $upstream_cache_status always;
		}
		{{else}}location / {
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
		location @past { proxy_pass http://boxes; }{{end}}
	}
}
`))

// nginxServer is that program. Modules, which compute a digest, are needed before memcached alone.
func nginxServer(cfg Config, modules string) engine.Server {
	return engine.Server{
		Binary: "nginx", Debian: nginxPackages, File: "nginx.conf", Word: word,
		Configure: func(addr, dir string) string { return nginxConf(cfg, modules, addr, dir) },
		Args: func(_, dir string) []string {
			return []string{"-e", "stderr", "-p", dir, "-c", filepath.Join(dir, "nginx.conf")}
		},
	}
}

// nginxConf fills it in.
func nginxConf(cfg Config, modules, addr, dir string) string {
	var keyHTTP, keyLocation string
	if !cfg.Front.HTTPCache() {
		keyHTTP, keyLocation = cfg.Front.Key.Nginx(model.SessionCookie)
	}
	policy := map[string]string{"random": "random;", "least-busy": "least_conn;"}[cfg.Policy] // else they take turns
	var b strings.Builder
	err := nginx.Execute(&b, map[string]any{
		"Dir": dir, "Modules": modules, "NDK": ndk, "SetMisc": setMisc, "Addr": addr, "Who": engine.WhoPath, "Word": word, "Name": filepath.Base(dir), "Header": Header,
		"Connections": cfg.Front.Connections + ownConnections + 2*idleConnections, "Idle": idleConnections,
		"Cache": cfg.Cache, "Boxes": cfg.Boxes, "Policy": policy, "KeyHTTP": keyHTTP, "KeyLocation": keyLocation,
		"Front": cfg.Front, "Cookie": model.SessionCookie, "Flag": filepath.ToSlash(sessionsFlag(dir)),
	})
	if err != nil {
		panic("front: the template: " + err.Error()) // of constants
	}
	return b.String()
}

// staleWords are nginx's for a word of use_stale: a box that does not answer, and one that answers
// with a failure, are one thing here.
func staleWords(word string) string {
	if word == "error" {
		return "error timeout http_500 http_502 http_503 http_504"
	}
	return word
}

// milliseconds is a duration as nginx reads it.
func milliseconds(d time.Duration) string { return fmt.Sprintf("%dms", max(d.Milliseconds(), 1)) }
