package servertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func server(t *testing.T, script string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Dir = filepath.Join(t.TempDir(), "server")
	if err := os.Mkdir(cmd.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// What it said on either output is in the error, and its directory is gone.
func TestAServerThatDoesNotComeUp(t *testing.T) {
	cmd := server(t, "echo ddress taken >&2")
	dir := cmd.Dir
	if _, err := Start(cmd, "KILL"); err == nil || !strings.Contains(err.Error(), "did not come up:\nddress taken") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", dir, err)
	}
}

func TestAServerIsSentTheSignalAndItsDirectoryGoes(t *testing.T) {
	told := filepath.Join(t.TempDir(), "told")
	cmd := server(t, "trap 'touch "+told+"; exit' TERM; echo Ready to accept connections; while :; do sleep 0.01; done")
	stop, err := Start(cmd, "TERM")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second does nothing
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(told); err != nil {
		t.Errorf("it was not sent the signal: %v", err)
	}
	if _, err := os.Stat(cmd.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", cmd.Dir, err)
	}
}
