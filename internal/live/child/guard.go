package child

import (
	"fmt"
	"io"
	"os/exec"
)

// Guard is a process that outlives this one for a moment, and kills those that it watches,
// with all that they have started. The kernel does that for what we start ourselves, and
// not for what a shell starts for us.
type Guard struct {
	cmd *exec.Cmd
	to  io.WriteCloser // its end is our own
}

// watching reads the numbers of groups until its input ends. It is deaf to what ends us in
// an orderly way.
const watching = `trap '' INT TERM HUP; while read g; do all="$all -$g"; done; for g in $all; do kill -9 "$g"; done 2>/dev/null`

// NewGuard starts one.
func NewGuard() (*Guard, error) {
	g := &Guard{cmd: exec.Command("sh", "-c", watching)}
	g.cmd.SysProcAttr = ownGroup()
	var err error
	if g.to, err = g.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return g, g.cmd.Start()
}

// Watch has it kill a process made by [Start] when this one ends.
func (g *Guard) Watch(p *Process) error {
	_, err := fmt.Fprintln(g.to, p.Pid())
	return err
}

// Dismiss ends it, and it kills nobody: all that it watched have ended.
func (g *Guard) Dismiss() {
	_ = g.cmd.Process.Kill()
	_ = g.to.Close()
	_ = g.cmd.Wait()
}
