// Package servertest runs the servers of others for tests, so that none outlives the
// test, however that ends.
package servertest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Limit is how long a server may take to come up.
const Limit = time.Minute

// guard runs a server until its own standard input ends, which it does also if the test
// is killed. Then it ends the server with a signal and removes the server's directory.
const guard = `signal=$1 dir=$2; shift 2
"$@" 2>&1 & server=$!
exec >&-
cat >/dev/null
kill -"$signal" $server
wait $server 2>/dev/null
cd / && rm -rf "$dir"`

// Start runs cmd, a server with a directory of its own, and returns when it says that it
// is ready to accept connections. The error has what it said instead. Stop sends it the
// signal, waits for its end and removes its directory; a second stop does nothing.
func Start(cmd *exec.Cmd, signal string) (stop func() error, err error) {
	name := cmd.String()
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"/bin/sh", "-c", guard, "guard", signal, cmd.Dir}, cmd.Args...)
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Setpgid = true // an interrupt at the terminal goes through the test
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	log, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = sync.OnceValue(func() error {
		_ = stdin.Close()
		return cmd.Wait()
	})
	late := time.AfterFunc(Limit, func() { _ = stdin.Close() })
	defer late.Stop()
	var said strings.Builder
	for lines := bufio.NewScanner(log); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if strings.Contains(lines.Text(), "eady to accept connections") && late.Stop() {
			go io.Copy(io.Discard, log) // ends with the server
			return stop, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s did not come up:\n%s", name, &said), stop())
}
