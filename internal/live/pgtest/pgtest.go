// Package pgtest runs a private PostgreSQL server for tests.
package pgtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/herdlab/herdlab/internal/live/servertest"
)

// User and Password are the server's one account, its superuser.
const (
	User     = "herd"
	Password = "pass word/with:%odd@signs"
)

// Server is a running server, on a socket in a directory of its own.
type Server struct {
	bin, dir string
	as       *syscall.Credential
	stop     func() error
}

// ErrMissing is a machine that has no PostgreSQL, or nobody to run it.
var ErrMissing = errors.New("PostgreSQL cannot be run here")

// Start runs a server until the test ends, and returns the URL of an empty database,
// with the password in it. The test is skipped where PostgreSQL is not installed.
func Start(t testing.TB) string {
	t.Helper()
	s, err := New()
	if errors.Is(err, ErrMissing) {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s.URL("postgres")
}

// New runs a server until Stop, or until the process is gone. Logins take the
// password. The error is an [ErrMissing] where PostgreSQL is not installed.
func New() (_ *Server, err error) {
	s := new(Server)
	if s.bin, err = binaries(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if s.as, err = account(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil { // in short: a socket's path has 107 bytes
		return nil, err
	}
	if err = s.initialise(); err == nil {
		s.stop, err = servertest.Start(s.command("postgres", "-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-c", "listen_addresses=",
			"-c", "fsync=off", "-c", "max_connections=60", "-c", "log_min_messages=log"), "INT")
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return s, nil
}

// URL is the address of a database, with the password in it.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(User, Password), Path: "/" + database,
		RawQuery: url.Values{"host": {s.dir}}.Encode(),
	}
	return u.String()
}

// Create makes an empty database and returns its address.
func (s *Server) Create(database string) (string, error) {
	cmd := s.command("createdb", "-h", s.dir, "-U", User, database)
	cmd.Env = append(cmd.Env, "PGPASSWORD="+Password)
	return s.URL(database), finish(cmd)
}

// finish runs a command to its end. The error has what it said.
func finish(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

// Stop ends the server and removes all that it kept.
func (s *Server) Stop() error { return errors.Join(s.stop(), os.RemoveAll(s.dir)) }

// binaries is the directory of the newest server installed, with all that is needed.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin") // of Debian and its kin
	if err != nil {
		return "", err
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	for _, dir := range append(found, filepath.SplitList(os.Getenv("PATH"))...) {
		lacks := func(name string) bool {
			_, err := exec.LookPath(filepath.Join(dir, name))
			return err != nil
		}
		if !slices.ContainsFunc([]string{"postgres", "initdb", "createdb"}, lacks) {
			return dir, nil
		}
	}
	return "", errors.New("there are no postgres, initdb and createdb, under /usr/lib/postgresql or in PATH: install PostgreSQL")
}

// account is whom to run the server as: PostgreSQL refuses to be run by root.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			as := new(syscall.Credential)
			_, err := fmt.Sscan(u.Uid+" "+u.Gid, &as.Uid, &as.Gid)
			return as, err
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody: be another user")
}

// command is run in a process group of its own, so that an interrupt at the terminal
// goes through the test.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	return cmd
}

// initialise makes the server's files, in a directory that is its account's.
func (s *Server) initialise() error {
	password := filepath.Join(s.dir, "password")
	if err := os.WriteFile(password, []byte(Password+"\n"), 0o644); err != nil {
		return err
	}
	if s.as != nil {
		if err := os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return err
		}
	}
	return finish(s.command("initdb", "--pgdata", filepath.Join(s.dir, "data"), "--no-sync",
		"--username", User, "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale"))
}
