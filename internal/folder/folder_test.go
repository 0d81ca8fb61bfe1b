package folder

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// files is what the writer of these tests makes, every one with the number of its
// writing in it.
var files = []string{"page", "plots/a", "plots/b", "results"}

func owned(name string) bool { return name == "plots" || name == "old" || slices.Contains(files, name) }

// write replaces the folder at dir by one of a number.
func write(dir string, number int) error {
	next, err := Begin(dir, owned)
	if err != nil {
		return err
	}
	defer next.Drop()
	if err := os.Mkdir(filepath.Join(next.Dir, "plots"), 0o777); err != nil {
		return err
	}
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(next.Dir, name), fmt.Append(nil, number), 0o666); err != nil {
			return err
		}
	}
	return next.Swap()
}

// texts are all files below a directory, by path.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// assertWhole wants one whole writing in dir, and the files of others, which hold their names.
func assertWhole(t *testing.T, dir string, others ...string) {
	t.Helper()
	found := texts(t, dir)
	number := found[files[0]]
	for _, name := range files {
		if found[name] != number || number == "" {
			t.Errorf("a mixture: %v", found)
		}
		delete(found, name)
	}
	for _, name := range others {
		if found[name] != name {
			t.Errorf("%s of another is lost: %v", name, found)
		}
		delete(found, name)
	}
	if len(found) > 0 {
		t.Errorf("more than there should be: %v", found)
	}
}

// assertClean wants nothing but the folder beside it.
func assertClean(t *testing.T, dir string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(list) != 1 {
		t.Errorf("left behind: %v, %v", list, err)
	}
}

// put makes a file of somebody else, which holds its name.
func put(t *testing.T, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Of the old folder nothing is left but what others put into it.
func TestSwap(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "burst")
	if err := write(dir, 1); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"old", "notes", "plots/mine", "deep/er/page"} {
		put(t, dir, name)
	}
	if err := os.Chmod(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := write(dir, 2); err != nil {
		t.Fatal(err)
	}
	assertWhole(t, dir, "notes", "plots/mine", "deep/er/page")
	if got := texts(t, dir)["results"]; got != "2" {
		t.Errorf("writing %s is in the place", got)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("the folder has mode %v, %v", info.Mode(), err)
	}
	assertClean(t, dir)
}

// A folder that is not swapped changes nothing and leaves nothing.
func TestDrop(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "burst")
	if err := write(dir, 1); err != nil {
		t.Fatal(err)
	}
	next, err := Begin(dir, owned)
	if err != nil {
		t.Fatal(err)
	}
	put(t, next.Dir, "results")
	next.Drop()
	assertWhole(t, dir)
	assertClean(t, dir)
}

// A link stays one: what it points to is replaced. One that leads nowhere, and a file,
// are errors.
func TestLinks(t *testing.T) {
	here := t.TempDir()
	dir, link := filepath.Join(here, "real", "burst"), filepath.Join(here, "link")
	if err := write(dir, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, link); err != nil {
		t.Skip("SKIPPED, NOTHING WAS TESTED: NO SYMBOLIC LINKS HERE: ", err)
	}
	if err := write(link, 2); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if got := texts(t, dir)["results"]; got != "2" {
		t.Errorf("writing %s is behind the link", got)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	put(t, here, "file")
	for _, path := range []string{link, filepath.Join(here, "file")} {
		if err := write(path, 3); err == nil {
			t.Errorf("%s was replaced", path)
		}
	}
}

// Several at once: who looks, by a folder that it has opened, finds files of one writing.
func TestSeveralAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "burst")
	if err := write(dir, 0); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "notes")
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 50 {
				if err := write(dir, 1+w*50+i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	over := make(chan struct{})
	go func() { writers.Wait(); close(over) }()
	for looks := 0; ; looks++ {
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, name := range files {
			// It is gone if another writing has taken the place meanwhile.
			if text, err := root.ReadFile(name); err == nil {
				seen[string(text)] = true
			}
		}
		root.Close()
		if len(seen) > 1 {
			t.Fatalf("look %d: a mixture of %v", looks, seen)
		}
		select {
		case <-over:
			assertWhole(t, dir, "notes")
			assertClean(t, dir)
			return
		default:
		}
	}
}

// TestMain writes again and again, where a test has started it to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FOLDER_TO_WRITE"); dir != "" {
		for i := 0; ; i++ {
			if err := write(dir, i); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

// Killed at any instant, a writer leaves one whole writing, and the next one clears
// what else it left and gives others back their files.
func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "burst")
	if err := write(dir, 0); err != nil {
		t.Fatal(err)
	}
	others := []string{"notes", "plots/mine", "deep/page"}
	for _, name := range others {
		put(t, dir, name)
	}
	left := 0
	for range 25 {
		var said strings.Builder
		writer := exec.Command(os.Args[0])
		writer.Env, writer.Stderr = append(os.Environ(), "FOLDER_TO_WRITE="+dir), &said
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+rand.IntN(30)) * time.Millisecond)
		_ = writer.Process.Kill()
		_ = writer.Wait()
		if said.Len() > 0 {
			t.Fatal(said.String())
		}
		if list, _ := os.ReadDir(filepath.Dir(dir)); len(list) > 1 {
			left++
		}
		next, err := Begin(dir, owned)
		if err != nil {
			t.Fatal(err)
		}
		next.Drop()
		assertWhole(t, dir, others...)
		assertClean(t, dir)
		if t.Failed() {
			return
		}
	}
	if left == 0 {
		t.Error("no writer was killed in the middle: the test says nothing")
	}
}

// Where two folders cannot change places at once, and the writer is killed between the
// two renames, the next one puts the old folder back.
func TestKilledBetweenTwoRenames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "burst")
	if err := write(dir, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, formerOf(dir)); err != nil {
		t.Fatal(err)
	}
	next, err := Begin(dir, owned)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Drop()
	assertWhole(t, dir)
	put(t, next.Dir, "results")
	if err := exchangeByTwo(next.Dir, dir); err != nil {
		t.Fatal(err)
	}
	if found := texts(t, dir); len(found) != 1 || found["results"] != "results" {
		t.Errorf("in the place: %v", found)
	}
	assertWhole(t, next.Dir)
}
