package command

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/alecthomas/kong"

	"github.com/herdlab/herdlab/internal/metrics"
)

// VersionFlag prints the version and ends the command.
type VersionFlag struct {
	Version printVersion `help:"Print the version, with the commit that it was built from."`
}

type printVersion bool

// BeforeReset is called as soon as the flag is found.
func (printVersion) BeforeReset(app *kong.Kong) error {
	fmt.Fprintf(app.Stdout, "%s: %v\n", app.Model.Name, Tool())
	app.Exit(ExitDone)
	return nil
}

// Tool is this program, as results name it.
func Tool() *metrics.Tool {
	t := &metrics.Tool{Version: Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return t
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			t.Commit = s.Value
		case "vcs.modified":
			t.Modified = s.Value == "true"
		}
	}
	return t
}

// Version is that of the program: the module's, with the commit that it was built
// from. A program with changes that are in no commit, or built where there is none, is
// told from others by a hash of its file.
func Version() string {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	if version != "(devel)" && !strings.HasSuffix(version, "+dirty") {
		return version
	}
	if hash := programHash(); hash != "" {
		version += " " + hash
	}
	return version
}

// programHash is asked for by every scenario.
var programHash = sync.OnceValue(hashOfProgram)

// hashOfProgram is the beginning of a hash of the running program's file; empty where
// it cannot be read.
func hashOfProgram() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
