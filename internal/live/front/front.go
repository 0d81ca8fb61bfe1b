// Package front runs nginx in front of the boxes, as [model.Config] has it:
// memcached_pass, the key computed by set_md5, and error_page to go on to a box. It
// is the real thing that world.Front is the model of.
package front

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/herdlab/herdlab/internal/live/engine"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// Config is what a front stands between, besides what its scenario says.
type Config struct {
	Front  model.Config
	Policy string   // of the balancer
	Cache  string   // host and port of the memcached
	Boxes  []string // hosts and ports
}

// Front is a running nginx.
type Front struct {
	URL  *url.URL // http://127.0.0.1:port
	node *engine.Node
	dir  string
}

// Start starts it on a free port of the loopback interface. It is stopped by Close,
// and when the context ends. The error is [engine.ErrNotInstalled], or what nginx
// said before it ended.
func Start(ctx context.Context, cfg Config) (*Front, error) {
	modules, err := modules(ctx)
	if err != nil {
		return nil, err
	}
	f := new(Front)
	f.node, err = engine.Nginx(ctx, engine.Config{}, func(addr, dir string) string {
		f.dir = dir
		return configuration(cfg, modules, addr, dir)
	})
	if err != nil {
		return nil, err
	}
	f.URL = &url.URL{Scheme: "http", Host: f.node.Addr}
	return f, nil
}

// modules is the directory of nginx's modules, those needed here among them.
func modules(ctx context.Context) (dir string, err error) {
	const packages = "nginx libnginx-mod-http-set-misc"
	missing := func(what string) error {
		return fmt.Errorf("%s is %w: on Debian or Ubuntu, run apt-get install %s", what, engine.ErrNotInstalled, packages)
	}
	path, err := engine.Find("nginx")
	if err != nil {
		return "", missing("nginx")
	}
	said, err := exec.CommandContext(ctx, path, "-V").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s -V: %w", path, err)
	}
	found := regexp.MustCompile(`--modules-path=(\S+)`).FindSubmatch(said)
	if found == nil {
		return "", fmt.Errorf("%s -V does not say where its modules are", path)
	}
	dir = string(found[1])
	for _, name := range []string{ndk, setMisc} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", missing("nginx's module " + name)
		}
	}
	return dir, nil
}

// Installed says what is missing of what Start needs, as an
// [engine.ErrNotInstalled].
func Installed(ctx context.Context) error {
	_, err := modules(ctx)
	return err
}

// CacheSessions has the pages of those who are signed in cached, or ends that.
// nginx sees it at the next request: it looks for a file.
func (f *Front) CacheSessions(mistake bool) error {
	flag := sessionsFlag(f.dir)
	if mistake {
		return os.WriteFile(flag, nil, 0o600)
	}
	if err := os.Remove(flag); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func sessionsFlag(dir string) string { return filepath.Join(dir, "cache-sessions") }

// Alive returns nil while nginx runs.
func (f *Front) Alive() error { return f.node.Alive() }

// Close stops it.
func (f *Front) Close() { f.node.Close() }
