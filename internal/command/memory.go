package command

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/units"
)

// Memory is the part of a command line that says how much memory runs may take.
type Memory struct {
	MaxMemory *byteSize `placeholder:"4GB" help:"Memory the runs may take. Default: nine tenths of what the machine, or its container, has available."`
}

// byteSize is a size as a flag has it, such as 4GB.
type byteSize int64

// UnmarshalText reads it.
func (b *byteSize) UnmarshalText(text []byte) error {
	n, err := units.ParseBytes(string(text))
	if err == nil && n <= 0 {
		err = fmt.Errorf("%s: give more than 0", text)
	}
	*b = byteSize(n)
	return err
}

// limit is how many bytes the process may hold.
func (m Memory) limit() int64 {
	if m.MaxMemory != nil {
		return int64(*m.MaxMemory)
	}
	return available() / 10 * 9
}

// Refuse is an error if runs that need so much memory, most of it for something, would
// not have it; flag is that which has fewer than so many run at once. It is asked
// before any is taken.
func (m Memory) Refuse(name string, need int64, most, flag string, atOnce int) error {
	limit := m.limit()
	if need <= limit {
		return nil
	}
	fewer := ""
	if atOnce > 1 {
		fewer = ", run fewer than the " + strconv.Itoa(atOnce) + " at once with " + flag
	}
	return &Exit{ExitRun, fmt.Errorf("%s needs about %s of memory, most of it for %s, and may take %s: make that smaller%s, or raise --max-memory",
		name, inMB(need), most, inMB(limit), fewer)}
}

// inMB writes a size as --max-memory takes it.
func inMB(n int64) string { return strconv.FormatInt(n/1e6, 10) + "MB" }

const (
	// looks is how often the memory is looked at. In so long a run takes a few tens of MB.
	looks = 25 * time.Millisecond

	// reserve is how many bytes of addresses are left to the runtime, which takes 64 MB of
	// them at a time, where their number is limited (ulimit -v).
	reserve = 192 << 20
)

// Watch is the console of runs that are stopped, as by Ctrl-C, when the process holds
// more memory than it may: what they take is not known before, as requests under way and
// keys that nobody had asked for. What is finished is written, where the runtime would
// end the process with the stacks of all its goroutines. End ends the watch.
func (m Memory) Watch(c *Console) (watched *Console, end func()) {
	limit := m.limit()
	ctx, cancel := context.WithCancelCause(c.Ctx)
	before := debug.SetMemoryLimit(limit) // what is garbage is collected first
	percent := -1
	if os.Getenv("GOGC") == "" {
		// Scenarios, traces and results stay, and to look them through whenever as much garbage is there
		// takes a tenth of the CPU.
		percent = debug.SetGCPercent(400)
	}
	go func() {
		for ctx.Err() == nil {
			short := ""
			if held := heldMemory(); held > limit {
				short = fmt.Sprintf("%s are taken, and the runs may take %s", inMB(held), inMB(limit))
			} else if left, limited := addressesLeft(); limited && left < reserve {
				short = fmt.Sprintf("%s of addresses are left to the process (ulimit -v)", inMB(left))
			}
			if short != "" {
				cancel(&Exit{ExitRun, fmt.Errorf("stopped for want of memory: %s; make the scenario smaller, run fewer at once, or raise --max-memory", short)})
			}
			time.Sleep(looks)
		}
	}()
	return &Console{Ctx: ctx, Out: c.Out, Err: c.Err}, func() {
		cancel(nil)
		debug.SetMemoryLimit(before)
		if percent >= 0 {
			debug.SetGCPercent(percent)
		}
	}
}

// Interrupted is the end of a command that was stopped, with what became of it until
// then: by Ctrl-C, or for want of memory.
func (c *Console) Interrupted(what string) error {
	if cause, ok := context.Cause(c.Ctx).(*Exit); ok {
		return &Exit{cause.Code, fmt.Errorf("%w: %s", cause.Err, what)}
	}
	return &Exit{ExitInterrupted, fmt.Errorf("interrupted: %s", what)}
}

// heldMemory is how much memory the process takes at this instant. What the runtime has
// asked for and nobody has written to, as much of a histogram, takes none.
func heldMemory() int64 {
	if kb, ok := fieldOf("/proc/self/status", "VmRSS:"); ok {
		return kb << 10
	}
	list := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(list)
	return int64(list[0].Value.Uint64() - list[1].Value.Uint64())
}

// available is how many bytes this process may come to hold: what the machine has free or
// could free, within what its container and its shell (ulimit -v) leave it. Where nobody
// says, it is without limit.
func available() int64 {
	held, least := heldMemory(), int64(math.MaxInt64)
	if kb, ok := fieldOf("/proc/meminfo", "MemAvailable:"); ok {
		least = min(least, held+kb<<10)
	}
	if most, ok := fieldOf("/sys/fs/cgroup/memory.max", ""); ok {
		used, _ := fieldOf("/sys/fs/cgroup/memory.current", "")
		unused, _ := fieldOf("/sys/fs/cgroup/memory.stat", "inactive_file ") // pages of files, which it could free
		least = min(least, held+most-used+unused)
	}
	if left, ok := addressesLeft(); ok {
		least = min(least, held+left-reserve)
	}
	return max(least, 1)
}

// addressesLeft is how many bytes of addresses the process may yet take, if that is limited.
func addressesLeft() (int64, bool) {
	most, limited := fieldOf("/proc/self/limits", "Max address space")
	kb, known := fieldOf("/proc/self/status", "VmSize:")
	return most - kb<<10, limited && known
}

// fieldOf is the number behind a word that begins a line of a file of the kernel.
func fieldOf(path, word string) (n int64, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		rest, found := strings.CutPrefix(lines.Text(), word)
		if fields := strings.Fields(rest); found && len(fields) > 0 {
			n, err := strconv.ParseInt(fields[0], 10, 64)
			return n, err == nil // it may be "max", or "unlimited"
		}
	}
	return 0, false
}
