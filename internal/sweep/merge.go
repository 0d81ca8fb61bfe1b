package sweep

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
)

// Merge makes one folder of the folders of shards, which together have every cell of
// the grid once. Where one is missing, or is in two of them, it names it, and writes
// nothing. The results are those of the shards, byte by byte. One that was killed goes
// on where it was when it is called again. Strategies have to keep what they had to in
// the shards, or what keep says in its place.
func Merge(out string, dirs, keep []string) (*Folder, error) {
	shards, err := openShards(out, dirs)
	defer func() {
		for _, s := range shards {
			s.Close()
		}
	}()
	if err != nil {
		return nil, err
	}
	from, err := assign(shards)
	if err != nil {
		return nil, err
	}
	head := *shards[0].Head()
	head.Shard = ""
	if keep != nil {
		head.Keep = keep
	} else if i := slices.IndexFunc(shards, func(s *Folder) bool { return !slices.Equal(s.Head().Keep, head.Keep) }); i >= 0 {
		return nil, spelling.Refuse("strategies had to keep %s in %s, and %s in %s: say with --keep what they have to",
			strings.Join(head.Keep, ", "), dirs[0], strings.Join(shards[i].Head().Keep, ", "), dirs[i])
	}
	merged, err := Open(out, head, true)
	if err != nil {
		return nil, err
	}
	if err := copyCells(merged, from); err != nil {
		merged.Close()
		return nil, err
	}
	return merged, nil
}

// openShards opens every folder, all of one sweep.
func openShards(out string, dirs []string) (list []*Folder, err error) {
	if len(dirs) == 0 {
		return nil, spelling.Refuse("name the folders of the shards after the one to write")
	}
	for i, dir := range dirs {
		switch {
		case filepath.Clean(dir) == filepath.Clean(out):
			return list, spelling.Refuse("%s is both a shard and the folder to write: name another one first", dir)
		case slices.Contains(dirs[:i], dir):
			return list, spelling.Refuse("%s is named twice: name each shard once", dir)
		}
		s, err := openExisting(dir)
		if err != nil {
			return list, err
		}
		list = append(list, s)
		if why := s.Head().Difference(*list[0].Head()); why != "" {
			return list, spelling.Refuse("%s and %s are not of one sweep: of the first, %s", dir, dirs[0], why)
		}
		if s.Lost > 0 {
			return list, spelling.Refuse("%s has results that are not what the sweep wrote (%d of them): run it again with --resume", dir, s.Lost)
		}
	}
	return list, nil
}

// openExisting opens a folder as the sweep that it is of.
func openExisting(dir string) (*Folder, error) {
	head, err := readHead(filepath.Join(dir, logName))
	if err != nil {
		return nil, spelling.Refuse("%s is no folder of a sweep: %v", dir, err)
	}
	return Open(dir, head, true)
}

// assign finds, of every cell, the one folder that has it.
func assign(shards []*Folder) (from []*Folder, err error) {
	grid := shards[0].Head().Grid
	from = make([]*Folder, grid.Cells())
	var missing []int
	for cell := range from {
		for _, s := range shards {
			switch {
			case !s.Done(cell):
			case from[cell] != nil:
				return nil, spelling.Refuse("%s is in %s and in %s: name each shard once", grid.Name(grid.Cell(cell)), from[cell].dir, s.dir)
			default:
				from[cell] = s
			}
		}
		if from[cell] == nil {
			missing = append(missing, cell)
		}
	}
	if len(missing) > 0 {
		return nil, spelling.Refuse("%s", describeGap(shards, missing))
	}
	return from, nil
}

// describeGap says which cells no shard has, and whose they are.
func describeGap(shards []*Folder, missing []int) string {
	grid := shards[0].Head().Grid
	const most = 3
	var names []string
	for _, cell := range missing[:min(len(missing), most)] {
		names = append(names, grid.Name(grid.Cell(cell)))
	}
	text := fmt.Sprintf("%d of %d cells are missing: %s", len(missing), grid.Cells(), strings.Join(names, ", "))
	if more := len(missing) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	var whose []string
	owned := make(map[Shard]bool)
	of := shards[0].Shard().Of
	for _, s := range shards {
		owned[s.Shard()] = true
		if n := len(s.Undone()); n > 0 {
			whose = append(whose, fmt.Sprintf("%s lacks %d, run it again with --resume", s.dir, n))
		}
	}
	for n := 1; n <= of; n++ {
		if !owned[Shard{n, of}] {
			whose = append(whose, fmt.Sprintf("shard %d/%d is not among the folders", n, of))
		}
	}
	if len(whose) > 5 {
		whose = append(whose[:5], "and more")
	}
	return text + " (" + strings.Join(whose, "; ") + ")"
}

// copyCells makes cells done with the results that others have.
func copyCells(f *Folder, from []*Folder) error {
	var batch []written
	for cell, s := range from {
		if !f.Done(cell) {
			text, err := s.read(cell)
			if err != nil {
				return err
			}
			batch = append(batch, written{cell, text})
		}
		if len(batch) == mostAtOnce || cell == len(from)-1 && len(batch) > 0 {
			if err := f.commit(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return nil
}
