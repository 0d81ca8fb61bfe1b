package live

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// bind has this thread run on one core alone. Where that is not allowed, as in a container
// that has a share of the cores, it runs where it may.
func bind(core int) {
	var only unix.CPUSet
	only.Set(core)
	_ = unix.SchedSetaffinity(0, &only)
}

// sleepThread has the kernel wake this thread, and not Go's scheduler, which would have to
// find the thread first.
func sleepThread(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil)
}

// readStealing reads the first line of /proc/stat: user, nice, system, idle, iowait, irq,
// softirq and steal, in ticks; guests are in user already.
func readStealing() (s stealing) {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	for i, field := range strings.Fields(line) {
		if i == 0 || i > 8 {
			continue
		}
		n, _ := strconv.ParseUint(field, 10, 64)
		if s.all += n; i == 8 {
			s.stolen = n
		}
	}
	return s
}
