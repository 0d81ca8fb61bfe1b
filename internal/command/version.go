package command

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

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
	if hash := hashOfProgram(); hash != "" {
		version += " " + hash
	}
	return version
}

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
